using System.Runtime.CompilerServices;

namespace Lathe.Ir;

/// <summary>What a node computes at one index, with its operands as opaque reads; weights of one number are literals. Facts are read off it, never declared, so they cannot be wrong.</summary>
public sealed class Formula
{
    private static readonly ConditionalWeakTable<Node, StrongBox<Formula?>> Known = [];

    private readonly Dictionary<Buffer, Value> operands;

    private Formula(Node node, Seq<Axis> axes, Expr number, Dictionary<Buffer, Value> operands) => (Node, Axes, Number, this.operands) = (node, axes, number, operands);

    public Node Node { get; }

    /// <summary>The index of the result.</summary>
    public Seq<Axis> Axes { get; }

    /// <summary>The number there.</summary>
    public Expr Number { get; }

    /// <summary>The formula of a node's only result; null where it has several, has none in closed form, or is not of numbers.</summary>
    public static Formula? Of(Node node) => Known.GetValue(node, n => new(Find(n))).Value;

    private static Formula? Find(Node node)
    {
        if (node.Op.Binds.Count > 0 || node.Results is not [var result] || node.Body is null && node.Op is not FormulaOp) return null;
        if (node.Reads.Append(result).Any(v => v.Type.Scalar is Scalar.String || v.Type.Scalar.IsComplex)) return null;
        var (operands, reads) = (new Dictionary<Buffer, Value>(), new Dictionary<Value, Access>());
        foreach (var value in node.Reads)
        {
            var buffer = new Buffer(value.Name, value.Type.Scalar.Arithmetic, value.Type.Shape);
            operands[buffer] = value;
            reads[value] = Lowering.Read(value, (at, outside) => Load.Of(buffer, [.. at.Select(Linear.Simplify)], outside));
        }
        Seq<Axis> axes = [.. result.Type.Shape.Select((extent, i) => new Axis($"i{i}", extent))];
        return new(node, axes, Lowering.Formula(node, result, reads)([.. axes]), operands);
    }

    /// <summary>Every distinct read of operands.</summary>
    public IEnumerable<Load> Reads => Number.Parts().OfType<Load>();

    public IEnumerable<Load> ReadsOf(Value operand) => Reads.Where(load => Operand(load) == operand);

    /// <summary>The operand that a read is of.</summary>
    public Value Operand(Load load) => operands[load.Buffer];

    public IEnumerable<Reduce> Reduces => Number.Parts().OfType<Reduce>();

    public bool HasReduce => Reduces.Any();

    public bool Calls(Function function) => Number.Parts().Any(e => e is Call call && call.Function == function);

    /// <summary>Whether nothing is computed: the result is numbers of the operands, or literals, at other places.</summary>
    public bool IsMove => Number.Parts().All(e => e is Load or Ir.Number or Axis or Symbol || !e.Type.IsReal && e is not Reduce && Index(e) || e is Call { Function: Function.Select } || e is Cast);

    private static bool Index(Expr e) => e.Type is Scalar.I64 or Scalar.Bool;

    /// <summary>Whether each number depends on one place of each operand: that of the same index, or of the index without axes along which the operand does not vary.</summary>
    public bool IsElementwise => !HasReduce && Reads.All(load => load.Outside is null && load.At.All(IsOwnOrNone));

    /// <summary>Whether the result is whole numbers of at most a byte, read in place, as reals, times or plus what does not vary along the last axis.</summary>
    public bool IsUnpacking(Value result) => !HasReduce && result.Type.Scalar == Scalar.F32 && Axes.Count > 0
        && Reads.ToList() is var reads && reads.Exists(l => Operand(l).Type.Scalar is { IsInteger: true, Bits: <= 8 } && l.Outside is null && IsInPlace(l))
        && reads.TrueForAll(l => l.Outside is null && (IsInPlace(l) && Operand(l).Type.Scalar is { IsInteger: true, Bits: <= 8 } || !l.Mentions(Axes[^1])));

    /// <summary>Whether the operand is read at exactly the result's own index and nowhere else; axes of extent 1 may come and go.</summary>
    public bool ReadsInPlace(Value operand) => ReadsOf(operand).ToList() is [{ Outside: null } load] && IsInPlace(load);

    /// <summary>Whether a read is at the result's own index.</summary>
    public bool IsInPlace(Load load) => Long(load.At, Operand(load).Type.Shape).SequenceEqual(Long([.. Axes], Node.Result.Type.Shape));

    private bool IsOwnOrNone(Expr index) => index is Number { Integer: 0 } || index is Axis a && Axes.Contains(a);

    /// <summary>The indices of axes that are not known to be of extent 1.</summary>
    private static IEnumerable<Expr> Long(Seq<Expr> at, Shape shape) => at.Zip(shape).Where(p => p.Second is not Number { Integer: 1 }).Select(p => p.First);
}
