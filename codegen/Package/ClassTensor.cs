using Lathe.Ir;

namespace Lathe.Codegen.Package;

/// <summary>An input or output as the class of a model shows it.</summary>
/// <param name="Place">Among the inputs, or the outputs.</param>
/// <param name="Pascal">Its name in members.</param>
/// <param name="IsLate">Whether data decide its extents.</param>
public sealed record ClassTensor(Value Value, int Place, string Pascal, bool IsInput, bool IsLate)
{
    public CSharpType Type { get; } = CSharpType.Of(Value.Type.Scalar);
    public string Camel => CSharpNames.Camel(Pascal);

    /// <summary>The parameter that gets its extents where data decide them.</summary>
    public string CamelShape => Camel.TrimStart('@') + "Shape";
    public string Kind => IsInput ? "input" : "output";
    public string Span => $"global::System.{(IsInput ? "ReadOnlySpan" : "Span")}<{Type.Name}>";

    /// <summary>Name, element type and shape, for comments.</summary>
    public string Described => $"{Value.Name}, {Value.Type.Scalar.Text}[{string.Join(", ", Value.Type.Shape)}]{(Type.IsWhole ? "" : ", packed as in memory")}";

    /// <summary>As the runtime's Contract.Signature has it.</summary>
    public string Signature => $"{Value.Name}: {Value.Type.Scalar.Text}[{string.Join(", ", Value.Type.Shape.Select(e => e is Number n ? n.Integer.ToString(System.Globalization.CultureInfo.InvariantCulture) : "?"))}]";
}
