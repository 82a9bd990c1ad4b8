namespace Lathe.Compiler;

/// <summary>A model that cannot be compiled, with everything that is wrong, never only the first.</summary>
public sealed class CompileException : Exception
{
    internal CompileException(IReadOnlyList<CompileMessage> messages, bool isInternal) : base(string.Join("\n", messages.Where(m => m.IsError).DefaultIfEmpty(messages[^1])))
        => (Messages, IsInternal) = (messages, isInternal);

    /// <summary>Errors, and the warnings and notes before them.</summary>
    public IReadOnlyList<CompileMessage> Messages { get; }

    /// <summary>The code of the first error, <c>LT1001</c>.</summary>
    public string Code => Messages.Where(m => m.IsError).DefaultIfEmpty(Messages[^1]).First().Code;

    /// <summary>Whether this is a bug of the compiler (LT9999), and no fault of the model, the options or the machine.</summary>
    public bool IsInternal { get; }
}
