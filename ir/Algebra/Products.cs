using System.Numerics;
using System.Runtime.Intrinsics;

namespace Lathe.Ir.Algebra;

/// <summary>Products of f64 matrices in tiles. Every number is summed in one order, whatever the number of threads.</summary>
public static unsafe class Products
{
    /// <summary>Rows of the result that one task makes, and columns that it stays on while their factors are near.</summary>
    private const int Rows = 32, Columns = 256;

    /// <summary>Steps of a sum before it goes on with the next: their factors stay in the second cache.</summary>
    private const int Steps = 256;

    /// <summary>c[i, j] += sign · Σt a[t, i] · b[t, j].</summary>
    /// <param name="lower">Only what has j at most as large as i is wanted; more may be written in tiles along the diagonal.</param>
    public static void Add(double* a, long aStride, double* b, long bStride, double* c, long cStride, int rows, int columns, int depth, double sign, bool lower = false)
    {
        var tasks = (rows + Rows - 1) / Rows;
        void Task(int task)
        {
            var (first, end) = (task * Rows, Math.Min(rows, (task + 1) * Rows));
            var most = lower ? Math.Min(columns, end) : columns;
            for (var j = 0; j < most; j += Columns)
                for (var t = 0; t < depth; t += Steps)
                {
                    double* left = a + t * aStride, right = b + t * bStride + j;
                    var steps = Math.Min(Steps, depth - t);
                    for (var i = first; i < end; i += 4)
                        if (end - i >= 4) Strip<Four>(left + i, aStride, right, bStride, c + i * cStride + j, cStride, Math.Min(Columns, most - j), steps, sign);
                        else for (var single = i; single < end; single++) Strip<One>(left + single, aStride, right, bStride, c + single * cStride + j, cStride, Math.Min(Columns, most - j), steps, sign);
                }
        }
        if ((double)rows * columns * depth < 1 << 18) for (var task = 0; task < tasks; task++) Task(task);
        else Parallel.For(0, tasks, Task);
    }

    private interface IHeight { static abstract int Value { get; } }
    private readonly struct One : IHeight { public static int Value => 1; }
    private readonly struct Four : IHeight { public static int Value => 4; }

    /// <summary>Four rows in vectors of eight, as many columns as fit; gives how many.</summary>
    private static int Wide(double* a, long aStride, double* b, long bStride, double* c, long cStride, int columns, int depth, double sign)
    {
        var j = 0;
        for (; j + 16 <= columns; j += 16)
        {
            Vector512<double> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default;
            for (var t = 0; t < depth; t++)
            {
                double* left = a + t * aStride, right = b + t * bStride + j;
                Vector512<double> b0 = Vector512.Load(right), b1 = Vector512.Load(right + 8), x = Vector512.Create(left[0]), y = Vector512.Create(left[1]), z = Vector512.Create(left[2]), u = Vector512.Create(left[3]);
                (c00, c01) = (Vector512.FusedMultiplyAdd(x, b0, c00), Vector512.FusedMultiplyAdd(x, b1, c01));
                (c10, c11) = (Vector512.FusedMultiplyAdd(y, b0, c10), Vector512.FusedMultiplyAdd(y, b1, c11));
                (c20, c21) = (Vector512.FusedMultiplyAdd(z, b0, c20), Vector512.FusedMultiplyAdd(z, b1, c21));
                (c30, c31) = (Vector512.FusedMultiplyAdd(u, b0, c30), Vector512.FusedMultiplyAdd(u, b1, c31));
            }
            Put(c + j, c00, c01);
            Put(c + cStride + j, c10, c11);
            Put(c + 2 * cStride + j, c20, c21);
            Put(c + 3 * cStride + j, c30, c31);
        }
        return j;

        void Put(double* at, Vector512<double> first, Vector512<double> second)
        {
            (Vector512.Load(at) + first * sign).Store(at);
            (Vector512.Load(at + 8) + second * sign).Store(at + 8);
        }
    }

    private static void Strip<THeight>(double* a, long aStride, double* b, long bStride, double* c, long cStride, int columns, int depth, double sign) where THeight : struct, IHeight
    {
        var width = Vector<double>.Count;
        var j = THeight.Value == 4 && Vector512.IsHardwareAccelerated ? Wide(a, aStride, b, bStride, c, cStride, columns, depth, sign) : 0;
        for (; j + 2 * width <= columns; j += 2 * width)
        {
            Vector<double> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default;
            for (var t = 0; t < depth; t++)
            {
                double* left = a + t * aStride, right = b + t * bStride + j;
                Vector<double> b0 = Vector.Load(right), b1 = Vector.Load(right + width);
                var x = new Vector<double>(left[0]);
                c00 = Vector.FusedMultiplyAdd(x, b0, c00);
                c01 = Vector.FusedMultiplyAdd(x, b1, c01);
                if (THeight.Value != 4) continue;
                x = new(left[1]);
                c10 = Vector.FusedMultiplyAdd(x, b0, c10);
                c11 = Vector.FusedMultiplyAdd(x, b1, c11);
                x = new(left[2]);
                c20 = Vector.FusedMultiplyAdd(x, b0, c20);
                c21 = Vector.FusedMultiplyAdd(x, b1, c21);
                x = new(left[3]);
                c30 = Vector.FusedMultiplyAdd(x, b0, c30);
                c31 = Vector.FusedMultiplyAdd(x, b1, c31);
            }
            Put(c + j, c00, c01);
            if (THeight.Value != 4) continue;
            Put(c + cStride + j, c10, c11);
            Put(c + 2 * cStride + j, c20, c21);
            Put(c + 3 * cStride + j, c30, c31);
        }
        for (; j < columns; j++)
            for (var i = 0; i < THeight.Value; i++)
            {
                var sum = 0.0;
                for (var t = 0; t < depth; t++) sum = Math.FusedMultiplyAdd(a[t * aStride + i], b[t * bStride + j], sum);
                c[i * cStride + j] += sign * sum;
            }

        void Put(double* at, Vector<double> first, Vector<double> second)
        {
            (Vector.Load(at) + first * sign).Store(at);
            (Vector.Load(at + width) + second * sign).Store(at + width);
        }
    }
}
