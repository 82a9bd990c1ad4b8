using Lathe.Ir;
using Lathe.Passes.Rewrites;
using Lathe.Passes.Selectors;

namespace Lathe.Passes;

/// <summary>Which passes run, in which order, with which options and where. Its text is that of <c>grammars/Pipeline.g4</c> and reads back equal.</summary>
/// <param name="Name">For people.</param>
/// <param name="Passes">As they run; each carries its options and its selector.</param>
/// <param name="Kept">Steps that no pass may change what they compute: see <see cref="Run"/>.</param>
public sealed record Pipeline(string Name, Seq<Pass> Passes, Seq<Selector> Kept = default)
{
    /// <summary>Rewrites that stand with it: its passes may name them.</summary>
    public Seq<Rewrite> Rewrites { get; init; }

    /// <summary>What it says of the whole compilation beside its passes; who compiles takes it as if it were on the command line.</summary>
    public Seq<Setting> Settings { get; init; }

    /// <summary>What a compile does unless told otherwise.</summary>
    public static Pipeline Default => new("default", PassList.All());

    /// <summary>
    /// The passes of a whole compilation, in order. A pipeline that ends before the lowering goes on with the default passes from there.
    /// What is kept is out of reach of every pass up to the compression that takes a selector; how its steps run (fused, laid out, scheduled) is still free.
    /// </summary>
    public Seq<Pass> Run => Whole.Spared;

    /// <summary>The passes that this one names, and no others.</summary>
    public Seq<Pass> Spared => [.. Passes.Select(Sparing)];

    /// <summary>This one with the passes that a whole compilation adds.</summary>
    public Pipeline Whole => Passes.Any(p => p.Stage >= Stage.Lower) ? this : this with { Passes = [.. Passes, .. PassList.All().Where(p => p.Stage >= Stage.Lower)] };

    /// <summary>This one with a pass more, behind those of its stage and before those of the next.</summary>
    public Pipeline With(Pass pass) => this with { Passes = [.. Passes.Where(p => p.Stage <= pass.Stage), pass, .. Passes.Where(p => p.Stage > pass.Stage)] };

    /// <summary>This one with rewrites, which run behind what simplifies; what they leave to fold is simplified after.</summary>
    public Pipeline With(Seq<Rewrite> rewrites) => rewrites.Count == 0 ? this
        : With(new RewritePass { Rewrites = rewrites, IsAll = true }).With(new Simplify()) with { Rewrites = [.. Rewrites, .. rewrites.Where(r => !Rewrites.Contains(r))] };

    /// <summary>Which of the passes of one name a place is: <c>quantize</c>, then <c>quantize.2</c>. Dumps say it of what they have been through.</summary>
    public static string Label(Seq<Pass> passes, int place)
    {
        var earlier = passes.Take(place).Count(p => p.Name == passes[place].Name);
        return earlier == 0 ? passes[place].Name : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{passes[place].Name}.{earlier + 1}");
    }

    /// <summary>The text of a file: rewrites, settings, what is kept, then a pass a line.</summary>
    public string Print() => string.Concat(Rewrites.Select(r => $"{r}\n")) + $"pipeline {(PipelineReader.IsFree(Name) ? Name : NameText.Quoted(Name))} {{\n{string.Concat(Settings.Select(s => s.ToString()).Concat(Statements).Select(s => $"  {s}\n"))}}}\n";

    /// <summary>The inside of the braces on one line, as <c>--passes</c> takes it.</summary>
    public override string ToString() => string.Join(", ", Statements);

    private IEnumerable<string> Statements => [.. Kept.Select(s => $"keep on {s}"), .. Passes.Select(p => p.ToString())];

    private Pass Sparing(Pass pass)
    {
        if (Kept.Count == 0 || !pass.TakesSelector || pass.Stage > Stage.Compress) return pass;
        Seq<Selector> spared = [.. Kept.Select(s => new Not(s))];
        return pass with { On = pass.On is { } on ? new All([on, .. spared]) : spared is [var only] ? only : new All(spared) };
    }
}
