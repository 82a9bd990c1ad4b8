using System.ComponentModel;
using Lathe.Ir;

namespace Lathe.Passes.Selectors;

/// <summary>A step of an operator.</summary>
[Description("steps of an operator, as ONNX or the textual IR names it: op(Conv, MatMul)")]
public sealed record Op(Seq<OperatorName> Operators) : Criterion
{
    protected internal override bool Matches(Node node) => Operators.Any(o => o.Verb == node.Op.Name);
}

/// <summary>An operator by its verb in the textual IR.</summary>
public sealed record OperatorName(string Verb)
{
    /// <exception cref="FormatException">No operator is called so.</exception>
    public static OperatorName Parse(string text) => Ir.Operators.Find(text) is { } record ? new(Vocabulary.Word(record))
        : throw new FormatException($"no operator {text}{(Nearest.To(text, Ir.Operators.All.Select(t => t.Name).Concat(Ir.Operators.All.Select(Vocabulary.Word))) is { } near ? $"; did you mean {near}?" : "")}");

    public override string ToString() => Verb;
}
