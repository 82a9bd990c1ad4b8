using System.Runtime.CompilerServices;

namespace Lathe.Ir;

/// <summary>
/// An operator: a type rule and a meaning. Its attributes are the parameters of its record, so printing, parsing, comparing and reading it
/// from ONNX need no code of its own; its meaning is formulas or statements, so the interpreter, the fuser and every target need none either.
/// To add an operator, add one file in <c>ir/Ops</c> with a subclass of <see cref="FormulaOp"/> or <see cref="StatementOp"/>.
/// </summary>
/// <remarks>The record is named as ONNX names the operator, its parameters as ONNX names the attributes (<c>kernel_shape</c> is <c>KernelShape</c>).</remarks>
public abstract record Op
{
    /// <summary>The types of the results.</summary>
    /// <exception cref="TypeException">The operands do not fit this operator.</exception>
    public abstract Seq<TensorType> Infer(Operands x);

    /// <summary>Where the first number of each operand lies in the result, for an operator that does nothing but set whole operands side by side; null for any other.</summary>
    public virtual Seq<Seq<Expr>>? Places(Operands x) => null;

    /// <summary>Symbols that get their number at this step; none for most operators.</summary>
    public virtual Seq<Symbol> Binds => [];

    /// <summary>What the first result holds, whatever the operands do; null for most operators.</summary>
    public virtual Seq<Expr>? Contents => null;

    /// <summary>Results that are larger than what they hold: of result <c>Result</c> only the first slices along <c>Axis</c> count, as many as result <c>Count</c> says.</summary>
    public virtual Seq<(int Result, int Axis, int Count)> Sized(Operands x) => [];

    /// <summary>Valid uses, small and with ragged edges, from which the oracle tests are made: at least one for each way the operator can behave.</summary>
    public abstract IEnumerable<Example> Examples();

    /// <summary>The verb in the text: <c>MaxPool</c> is <c>max_pool</c>.</summary>
    public string Name => Vocabulary.Word(GetType());

    /// <summary>Checks a rule of the operator; the message says what was expected and what was found.</summary>
    protected static void Require(bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] ref FailureMessage message)
    {
        if (!holds) throw new TypeException(message.Text);
    }

    public sealed override string ToString() => RecordText.Op(this);
}

/// <summary>An operator whose every result is a formula of the index.</summary>
public abstract record FormulaOp : Op
{
    /// <summary>The type of the only result; operators with several override <see cref="Op.Infer"/>.</summary>
    protected virtual TensorType InferOne(Operands x) => throw new NotSupportedException($"{Name} must say what it makes");

    public override Seq<TensorType> Infer(Operands x) => [InferOne(x)];

    /// <summary>The number of result <paramref name="result"/> at an index, in the arithmetic kind of its type.</summary>
    public abstract Expr At(Operands x, Seq<Expr> at, int result);
}

/// <summary>An operator that is written as statements: loops, stores, small arrays.</summary>
public abstract record StatementOp : Op
{
    /// <param name="x">Operands to read.</param>
    /// <param name="results">Buffers to fill, one for each result.</param>
    public abstract Stmt Body(Operands x, Seq<Buffer> results);
}

/// <summary>The model is wrong; the message says what was expected and what was found.</summary>
/// <param name="remedy">What its author can do about it; empty where the message says it.</param>
public class TypeException(string message, string remedy = "") : Exception(message)
{
    public string Remedy => remedy;
}

/// <summary>An operand decides a type and its contents are not known. A step that names its numbers may help: <see cref="Ops.Measure"/>.</summary>
/// <param name="operand">Its place.</param>
/// <param name="what">What it holds, as a message says it.</param>
/// <param name="low">The least number that makes sense.</param>
/// <param name="most">What no number may exceed; null where nothing is known.</param>
/// <param name="shape">For a list that is a shape: how its entries become extents.</param>
public sealed class ContentsException(int operand, string what, long low = 0, Expr? most = null, ShapeEntries? shape = null) : TypeException($"{what} must be known when compiling, it is computed from the model's inputs")
{
    public int Operand => operand;
    public string What => what;
    public long Low => low;
    public Expr? Most => most;
    public ShapeEntries? Shape => shape;
}

/// <summary>Entries of a shape that stand for extents: an operator works those out, and all of them together are bounded.</summary>
/// <param name="Resolve">Takes the tensor whose shape it becomes, then the entries; gives the extents.</param>
/// <param name="Most">What the extents multiplied cannot exceed, those of 0 left out.</param>
public sealed record ShapeEntries(Op Resolve, Expr Most);

/// <summary>Formats a message only when the requirement fails.</summary>
[InterpolatedStringHandler]
public ref struct FailureMessage(int literal, int formatted, bool holds, out bool failed)
{
    private DefaultInterpolatedStringHandler text = (failed = !holds) ? new(literal, formatted) : default;
    public void AppendLiteral(string s) => text.AppendLiteral(s);
    public void AppendFormatted<T>(T value) => text.AppendFormatted(value);
    public void AppendFormatted<T>(T value, string? format) => text.AppendFormatted(value, format);
    public string Text => text.ToStringAndClear();
}
