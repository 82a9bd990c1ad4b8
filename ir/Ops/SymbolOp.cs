namespace Lathe.Ir;

/// <summary>
/// An operator that a function of C computes, which is linked into the artifact (<c>--link FILE.o</c>). Its statements say what that function has to compute: the interpreter, and all code
/// that runs while compiling, follow them, and <c>lathe verify</c> compares both.
/// </summary>
/// <remarks>The function's signature is that of <see cref="External"/>. Operands and results are plain numbers; no operand stands twice.</remarks>
public abstract record SymbolOp : StatementOp
{
    /// <summary>The function's name: a C identifier.</summary>
    public abstract string Symbol { get; }

    /// <summary>The function and what it is given.</summary>
    /// <exception cref="TypeException">An operand is stored in a format that no function of C knows, or stands twice.</exception>
    internal External Call(Seq<Value?> operands)
    {
        foreach (var value in operands.OfType<Value>())
            Require(value.Type.Encoding is Dense { Kind.Bits: >= 8 }, $"{Symbol} takes plain numbers, %{value.Name} is {value.Type}");
        Require(operands.OfType<Value>().Distinct().Count() == operands.OfType<Value>().Count(), $"{Symbol} is given %{operands.OfType<Value>().CountBy(v => v).First(c => c.Value > 1).Key.Name} twice");
        return new(Symbol, [.. operands.Select(value => value is null ? null : new Storage(value.Name, value.Type).Buffer(""))]);
    }
}
