using Lathe.Grammars;
using Lathe.Ir;
using Lathe.Passes.Selectors;

namespace Lathe.Passes;

/// <summary>Reads where passes act, and conditions on what is compiled for: the same language with other criteria.</summary>
internal sealed class SelectorReader(SourceFaults faults, OptionReader options)
{
    public Selector Read(PipelineParser.SelectorContext context) => context.all() is [var only] ? Read(only) : new Any([.. context.all().Select(Read)]);

    private Selector Read(PipelineParser.AllContext context) => context.one() is [var only] ? Read(only) : new All([.. context.one().Select(Read)]);

    private Selector Read(PipelineParser.OneContext context) => context switch
    {
        PipelineParser.NotContext not => new Not(Read(not.one())),
        PipelineParser.ParensContext parens => Read(parens.selector()),
        PipelineParser.CriterionContext criterion => Read(criterion),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private Criterion Read(PipelineParser.CriterionContext context)
    {
        var name = context.name().GetText();
        if (!Criterion.Known.TryGetValue(name, out var record)) throw faults.Unknown(context.Start, "criterion", name, Criterion.Known.Keys, $"there are {string.Join(", ", Criterion.Known.Keys)}");
        if (context.term() is []) throw faults.At("LT3004", context.Start, $"{name} of what?", Criterion.Describe(record));
        return (Criterion)Activator.CreateInstance(record, options.Terms(context.term(), RecordText.Parameters(record)[0].Type.GetGenericArguments()[0]))!;
    }

    /// <summary>Whether a condition on what is compiled for holds.</summary>
    /// <param name="target">Null where nobody knows.</param>
    public bool Holds(PipelineParser.SelectorContext context, TargetFacts? target) => context.all().Select(all => all.one().Select(one => Holds(one, target)).ToList().TrueForAll(holds => holds)).ToList().Exists(holds => holds);

    private bool Holds(PipelineParser.OneContext context, TargetFacts? target)
    {
        switch (context)
        {
            case PipelineParser.NotContext not: return !Holds(not.one(), target);
            case PipelineParser.ParensContext parens: return Holds(parens.selector(), target);
            case PipelineParser.CriterionContext criterion:
                var name = criterion.name().GetText();
                if (!TargetFacts.Known.ContainsKey(name)) throw faults.Unknown(criterion.Start, "fact of a target", name, TargetFacts.Known.Keys, $"there are {string.Join(", ", TargetFacts.Known.Keys)}");
                if (criterion.term() is []) throw faults.At("LT3004", criterion.Start, $"{name} of what?", $"write {name}(\"…\"), * for any text");
                if (target is null) throw faults.At("LT3011", criterion.Start, "nothing says here what is compiled for");
                return target.Is(name, criterion.term().Select(options.Text));
            default: throw new System.Diagnostics.UnreachableException();
        }
    }
}
