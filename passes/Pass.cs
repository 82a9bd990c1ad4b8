using System.ComponentModel;
using System.Reflection;
using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>
/// One improvement of a program. Its options are the parameters of its record, so their text, defaults and help need no code;
/// one line about it stands in a <see cref="DescriptionAttribute"/>. To add a pass, add one file with a subclass of <see cref="GraphPass"/> or <see cref="ProgramPass"/>.
/// </summary>
public abstract record Pass
{
    /// <summary>As pipelines and <c>--print-ir-after</c> name it.</summary>
    public string Name => RecordText.Snake(GetType().Name);

    public abstract Stage Stage { get; }

    /// <summary>Names of passes that run before this one where both run.</summary>
    public virtual Seq<string> After => [];

    /// <summary>What it does, in one line.</summary>
    public string Description => GetType().GetCustomAttribute<DescriptionAttribute>()?.Description ?? "";

    public abstract Module Run(Module module, Compilation compilation);

    public sealed override string ToString() => $"{Name}({string.Join(", ", RecordText.Attributes(this).Select(a => $"{a.Name}={RecordText.Show(a.Value)}"))})";
}

/// <summary>A graph in, a graph out.</summary>
public abstract record GraphPass : Pass
{
    public sealed override Module Run(Module module, Compilation compilation) => new(Run(module.MustBeGraph, compilation));

    protected abstract Graph Run(Graph graph, Compilation compilation);
}

/// <summary>A program in, a program out.</summary>
public abstract record ProgramPass : Pass
{
    public sealed override Module Run(Module module, Compilation compilation) => new(Run(module.MustBeProgram, compilation));

    protected abstract Program Run(Program program, Compilation compilation);
}
