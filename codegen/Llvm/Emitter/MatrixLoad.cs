using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

/// <summary>
/// A loop in which each thread of a warp takes its share of four squares of 8 by 8 words or halves of words out of shared memory, as tensor cores want them: a GPU does it in one step,
/// <c>ldmatrix</c>, for which each thread says where one row of a square begins. It is told by the places that are read, whoever wrote the loop.
/// </summary>
/// <param name="At">Where the thread's row begins, by the index of the buffer.</param>
/// <param name="IsTransposed">Whether rows lie along the other side.</param>
internal sealed record MatrixLoad(Load Read, Buffer Into, Expr From, Seq<Expr> At, bool IsTransposed)
{
    private const int Squares = 4, RowBytes = 16;

    /// <summary>Null where the loop is another.</summary>
    public static MatrixLoad? Find(Loop loop)
    {
        if (loop is not { Kind: LoopKind.Unroll, Axis: var e, Body: Store { Value: Load { Buffer.Space: Space.Shared, Outside: null } read, At: [Axis t, var place], Buffer: { Space: Space.Registers } into } }) return null;
        if (into.Scalar != read.Type || into.Scalar.Bits is not (8 or 16) || t.Extent is not Number { Integer: var threads } || threads % WarpProduct.Warp != 0) return null;
        var each = WarpProduct.PerWord(into.Scalar);
        if (e.Extent is not Number { Integer: var count } || count != Squares * each) return null;
        var from = Linear.Simplify(place.Substitute([(e, 0)]));
        if (!Linear.ProvesEqual(place, from + e) || from.Mentions(t)) return null;
        var flat = read.Buffer.Flat(read.At);
        var bytes = into.Scalar.Bits / 8;
        // Other indices move whole rows.
        if (Linear.Of(flat).Terms.Any(term => !term.Key.Mentions(t) && !term.Key.Mentions(e) && term.Value * bytes % RowBytes != 0)) return null;
        var places = new long[WarpProduct.Warp, count];
        for (var lane = 0; lane < WarpProduct.Warp; lane++)
            for (var i = 0; i < count; i++)
                if (Linear.Simplify(flat.Replace(p => p == t ? lane : p == e ? i : p is Axis or Symbol ? 0 : null)) is Number n) places[lane, i] = n.Integer;
                else return null;
        // Warps have the same squares elsewhere.
        var last = threads - WarpProduct.Warp;
        long Later(int lane, int i) => Linear.Simplify(flat.Replace(p => p == t ? last + lane : p == e ? i : p is Axis or Symbol ? 0 : null)) is Number n ? n.Integer : long.MinValue;
        if (Enumerable.Range(0, WarpProduct.Warp).Any(lane => Later(lane, lane % (int)count) - Later(0, 0) != places[lane, lane % count] - places[0, 0]) || Later(0, 0) * bytes % RowBytes != 0) return null;

        var straight = All((lane, square, j) => places[lane, square * each + j] == places[lane / 4 * 4, square * each] + lane % 4 * each + j && places[lane / 4 * 4, square * each] * bytes % RowBytes == 0);
        var turned = !straight && each == 2 && All((lane, square, j) => places[lane, square * each + j] == places[lane % 4, square * each + j] + lane / 4 && places[lane % 4, square * each + j] * bytes % RowBytes == 0);
        if (!straight && !turned) return null;
        // The thread whose first number is where the row begins, and that number.
        var row = t % 8;
        var (who, which) = straight ? (t - t % WarpProduct.Warp + row * 4, t % WarpProduct.Warp / 8 * each) : (t - t % WarpProduct.Warp + row / 2, t % WarpProduct.Warp / 8 * each + row % 2);
        return new(read, into, from, [.. read.At.Select(index => Linear.Simplify(index.Substitute([(t, who), (e, which)])))], turned);

        bool All(Func<int, int, int, bool> holds) => Enumerable.Range(0, WarpProduct.Warp).All(lane => Enumerable.Range(0, Squares).All(square => Enumerable.Range(0, each).All(j => holds(lane, square, j))));
    }
}
