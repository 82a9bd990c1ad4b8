using Lathe.Codegen.Llvm;
using Lathe.Ir;
using Lathe.Passes;

namespace Lathe.OracleTests;

/// <summary>A node alone with operands to run it on: the oracle's answer, how far another order of its sums may lead, and every other way to run it, for these extents and for any number of rows.</summary>
internal sealed class OracleCase
{
    private const string Symbol = "n";

    private static readonly double[] Odd = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0, 1e-40];

    private static readonly Machine[] Machines = [new("test"), new("wide", 64, 32), new("mixed", 64, 32, Quads: ByteQuads.Mixed), new("signed", 16, 32, Quads: ByteQuads.Signed)];

    private readonly bool odd;
    private readonly Kernel lowered;
    private readonly Kernel? symbolic;
    private readonly Dictionary<string, long> symbols = new(StringComparer.Ordinal) { [Symbol] = 0 };
    private readonly Dictionary<string, Bytes> inputs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Bytes> expected;
    private readonly Dictionary<string, Bytes> bounds;
    private readonly HashSet<string> weights = new(StringComparer.Ordinal);

    /// <param name="example">From the operator.</param>
    /// <param name="encoded">An encoding in place of an operand's own, or null.</param>
    /// <param name="odd">Whether NaNs, infinities, -0 and numbers below the normal ones stand among the operands' reals.</param>
    public OracleCase(Example example, Func<int, Encoding?>? encoded = null, bool odd = false)
    {
        this.odd = odd;
        var random = new RandomNumbers(1);
        Seq<Value?> operands = [.. example.Operands.Select((operand, i) => operand is null ? null : Operand(operand, i, encoded?.Invoke(i), random))];
        lowered = Lowered(example.Op, operands);
        symbolic = Symbolic(example.Op, operands);
        expected = Interpreted(lowered, inputs);
        bounds = Interpreted(RoundingBound.Of(lowered), inputs);
    }

    /// <summary>Whether operand <paramref name="i"/> is read inside a sum of products: what a weight format must be good for.</summary>
    public bool IsSummed(int i) => lowered.Body.All.OfType<Store>().SelectMany(s => s.Value.Parts()).OfType<Reduce>().Where(r => r.Kind == ReduceKind.Sum && r.Type.IsReal)
        .Any(r => r.Body is Binary { Operator: Operator.Multiply } && r.Body.Parts().OfType<Load>().Any(load => load.Buffer.Name.Split(':')[0] == $"x{i}"));

    /// <summary>The ways to run it, by name; each fills the outputs anew.</summary>
    public IEnumerable<(string Way, Func<Dictionary<string, Bytes>> Run)> Ways()
    {
        foreach (var (kernel, what) in symbolic is null ? [(lowered, "")] : new[] { (lowered, ""), (symbolic, "of n rows, ") })
        {
            if (!ReferenceEquals(kernel, lowered)) yield return ($"{what}interpreted", () => Interpreted(kernel, inputs));
            yield return ($"{what}native", () => Native(kernel, inputs));
            foreach (var machine in Machines)
                foreach (var constants in new[] { weights, [.. inputs.Keys.Where(name => name.Split(':')[0] != "x0")] }.Distinct(HashSet<string>.CreateSetComparer()))
                {
                    var scheduled = Scheduler.Schedule(kernel, machine, constants);
                    // The others differ in products of whole numbers only.
                    if (machine.Quads != ByteQuads.None && !scheduled.Template.StartsWith("dots", StringComparison.Ordinal)) continue;
                    var way = $"{what}scheduled for {machine.Name} ({scheduled.Template}; weights {string.Join(", ", constants)})";
                    yield return ($"{way}, interpreted", () => Run(scheduled, Interpreted));
                    if (machine.VectorBytes == 32 || machine.Quads == ByteQuads.Mixed) yield return ($"{way}, native", () => Run(scheduled, Native));
                }
        }
    }

    /// <summary>Runs a kernel on memory of its inputs and outputs, at the numbers of its symbols; gives the outputs.</summary>
    public delegate Dictionary<string, Bytes> Running(Kernel kernel, IReadOnlyDictionary<string, Bytes> memory, IReadOnlyDictionary<string, long> symbols);

    /// <summary>The ways to run it on another machine, as lowered and as scheduled for it: the kernels that each takes, and what fills the outputs.</summary>
    public IEnumerable<(string Way, Seq<Kernel> Kernels, Func<Running, Dictionary<string, Bytes>> Run)> Ways(Machine machine)
    {
        yield return ("as lowered", [lowered], run => run(lowered, Before(lowered, inputs), symbols));
        var scheduled = Scheduler.Schedule(lowered, machine, weights);
        yield return ($"scheduled ({scheduled.Template})", [.. scheduled.Once, scheduled.Kernel], run => Run(scheduled, (kernel, given) => run(kernel, Before(kernel, given), symbols)));
    }

    /// <summary>What is wrong with outputs; null where every number is within its bound.</summary>
    public string? Fault(Dictionary<string, Bytes> actual)
    {
        foreach (var output in lowered.Outputs)
        {
            var count = output.Size.Whole;
            var (x, y, bound) = (Numbers(output.Scalar, expected), Numbers(output.Scalar, actual), Ir.Numbers.Unpack(Scalar.F64, bounds[RoundingBound.Name(output.Name)], count));
            for (var i = 0; i < count; i++)
            {
                if (x[i].Equals(y[i]) || x[i] == y[i]) continue;
                // Beside an infinity or a NaN there is no bound; without them the case would prove nothing.
                if (odd && !double.IsFinite(bound[i]) && double.IsFinite(x[i]) == double.IsFinite(y[i])) continue;
                if (!double.IsFinite(bound[i])) return $"%{output.Name}[{i}]: {x[i]:R} is expected, {y[i]:R} is found, and the case is such that nothing can be said of it";
                if (!(Math.Abs(x[i] - y[i]) <= bound[i])) return $"%{output.Name}[{i}]: {x[i]:R} is expected, {y[i]:R} is found, {bound[i]:R} may be between";
            }
            double[] Numbers(Scalar kind, Dictionary<string, Bytes> memory) => Ir.Numbers.Unpack(kind, memory[output.Name], count);
        }
        return null;
    }

    private static Kernel Lowered(Op op, Seq<Value?> operands)
    {
        var builder = new GraphBuilder("case", operands.OfType<Value>().Where(v => !v.IsWeight));
        builder.Add(["y"], op, operands);
        return Lowering.Lower(builder.Nodes[0]);
    }

    /// <summary>The same node for any number of rows: the first axis of every input that has as many as the first. Null where the operator must know the number.</summary>
    private Kernel? Symbolic(Op op, Seq<Value?> operands)
    {
        if (operands[0] is not { IsWeight: false, Type.Shape: [Number { Integer: > 1 } rows, ..] }) return null;
        symbols[Symbol] = rows.Integer;
        try
        {
            return Lowered(op, [.. operands.Select(v => v is { IsWeight: false, Type.Shape: [var first, ..] shape } && first == rows
                ? v.With(v.Type.With(new Seq<Expr>([Ir.Symbol.Of(Symbol), .. shape.Slice(1, shape.Count - 1)]))) : v)]);
        }
        catch (TypeException) { return null; }
    }

    private Value Operand(Operand operand, int i, Encoding? encoding, RandomNumbers random)
    {
        var (name, numbers) = ($"x{i}", operand.Values is { } exact ? exact.ToArray() : random.Many(operand));
        if (odd && operand is { IsConstant: false, Type.Scalar.IsReal: true } && encoding is null)
            for (var at = i; at < numbers.Length; at += 4) numbers[at] = Odd[random.Next() % (ulong)Odd.Length];
        var type = encoding is null ? operand.Type : operand.Type.With(encoding);
        Seq<Bytes> planes = encoding is not null ? encoding.Encode([.. numbers.Select(n => (float)n)], type.Shape)
            : [Tensor.Of(((Dense)type.Encoding).Kind, [.. type.Shape.Select(e => e.Whole)], numbers).Bytes];
        foreach (var (buffer, bytes) in new Storage(name, type).Buffers.Zip(planes)) inputs[buffer.Name] = bytes;
        if (!operand.IsConstant && encoding is null) return new(name, type);
        weights.UnionWith(new Storage(name, type).Buffers.Select(b => b.Name));
        return new(name, type, planes);
    }

    /// <summary>A scheduled kernel after the kernels that pack its weights.</summary>
    private Dictionary<string, Bytes> Run(Scheduled scheduled, Func<Kernel, IReadOnlyDictionary<string, Bytes>, Dictionary<string, Bytes>> run)
    {
        var memory = new Dictionary<string, Bytes>(inputs, StringComparer.Ordinal);
        foreach (var once in scheduled.Once) foreach (var (name, bytes) in run(once, memory)) memory[name] = bytes;
        return run(scheduled.Kernel, memory);
    }

    private Dictionary<string, Bytes> Interpreted(Kernel kernel, IReadOnlyDictionary<string, Bytes> given) => Filled(kernel, given, Interpreter.Run);

    private Dictionary<string, Bytes> Native(Kernel kernel, IReadOnlyDictionary<string, Bytes> given) => Filled(kernel, given, NativeRunner.Run);

    private Dictionary<string, Bytes> Filled(Kernel kernel, IReadOnlyDictionary<string, Bytes> given, Action<Kernel, IReadOnlyDictionary<string, Bytes>, IReadOnlyDictionary<string, long>> run)
    {
        var memory = Before(kernel, given);
        run(kernel, memory, symbols);
        return kernel.Outputs.ToDictionary(o => o.Name, o => memory[o.Name]);
    }

    /// <summary>Memory before a run: of the outputs, what must not be left.</summary>
    private Dictionary<string, Bytes> Before(Kernel kernel, IReadOnlyDictionary<string, Bytes> given)
    {
        var memory = new Dictionary<string, Bytes>(given, StringComparer.Ordinal);
        foreach (var output in kernel.Outputs)
        {
            var garbage = new byte[output.Scalar.Bytes(Dimensions.Evaluate(output.Size, symbols))];
            Array.Fill(garbage, (byte)0xCC);
            memory[output.Name] = Bytes.Of(garbage);
        }
        return memory;
    }
}
