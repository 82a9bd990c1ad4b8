using System.ComponentModel;
using System.Reflection;
using Lathe.Ir;
using Lathe.Passes.Selectors;

namespace Lathe.Passes;

/// <summary>
/// One improvement of a program. Its options are the parameters of its record, so their text, defaults and help need no code;
/// one line about it stands in a <see cref="DescriptionAttribute"/>. To add a pass, add one file with a subclass of <see cref="GraphPass"/> or <see cref="ProgramPass"/>.
/// </summary>
public abstract record Pass
{
    /// <summary>As pipelines and <c>--print-ir-after</c> name it.</summary>
    public virtual string Name => Vocabulary.Word(GetType());

    public abstract Stage Stage { get; }

    /// <summary>Names of passes that run before this one where both run.</summary>
    public virtual Seq<string> After => [];

    /// <summary>Names of passes that run after this one where both run.</summary>
    public virtual Seq<string> Before => [];

    /// <summary>Whether it can be told to act on some steps only. One that cannot never has <see cref="On"/>.</summary>
    public virtual bool TakesSelector => false;

    /// <summary>The steps that it acts on; null for all.</summary>
    public Selector? On { get; init; }

    /// <summary>Whether a compile runs it unless told otherwise. What trades accuracy for size waits to be asked.</summary>
    public virtual bool IsDefault => Stage != Stage.Compress;

    /// <summary>Whether it follows Gram matrices of what weights are multiplied by: data must run first.</summary>
    public virtual bool NeedsGrams => false;

    /// <summary>Whether it goes by what data shows of values.</summary>
    public virtual bool NeedsStatistics => NeedsGrams;

    /// <summary>What it does, in one line.</summary>
    public string Description => GetType().GetCustomAttribute<DescriptionAttribute>()?.Description ?? "";

    public abstract Module Run(Module module, Compilation compilation);

    /// <summary>As a pipeline says it: its name, options that differ from their default, its selector.</summary>
    public sealed override string ToString()
    {
        var options = string.Join(", ", RecordText.Attributes(this).Select(a => $"{a.Name}={OptionText(a.Value)}"));
        return $"{Name}{(options == "" ? "" : $"({options})")}{(On is null ? "" : $" on {On}")}";
    }

    /// <summary>Whether it may change a step.</summary>
    protected bool ActsOn(Node node) => On is null || On.Selects(node);

    private static string OptionText(object? value) => value is Encoding encoding ? NameText.Quoted(encoding.ToString()) : RecordText.Show(value);
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
