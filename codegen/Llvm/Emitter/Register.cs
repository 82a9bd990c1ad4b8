using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

/// <summary>A number in an LLVM register or a literal.</summary>
/// <param name="Text">How LLVM's text refers to it.</param>
/// <param name="Lanes">One number for each lane of the vector loops around; 1 where it is the same in all.</param>
internal readonly record struct Register(string Text, Scalar Kind, int Lanes)
{
    public string Type => LlvmTypes.Of(Kind, Lanes);
    public bool IsLiteral => Text[0] != '%';

    /// <summary>The type of a comparison's result.</summary>
    public string Asked => LlvmTypes.Of(Scalar.Bool, Lanes);

    /// <summary>As an operand with its type.</summary>
    public override string ToString() => $"{Type} {Text}";
}
