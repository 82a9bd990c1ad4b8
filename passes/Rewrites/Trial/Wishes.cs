using Lathe.Ir;

namespace Lathe.Passes.Rewrites;

/// <summary>What the condition of a rewrite asks of single operands and attributes, so that those drawn at random have a chance to meet it.</summary>
internal sealed class Wishes
{
    private readonly List<(string Function, string Name, Term Wanted)> all = [];

    /// <param name="condition">Of alternatives one is taken by chance.</param>
    public Wishes(Term? condition, Random random)
    {
        if (condition is not null) Gather(condition, random);
    }

    /// <summary>What a function of an operand is to give; null where nothing asks, or it is not known yet.</summary>
    public object? Of(string function, string name, Found found)
    {
        foreach (var wish in all)
            if (wish.Function == function && wish.Name == name)
            {
                try { if (wish.Wanted.Of(found) is { } wanted) return wanted; }
                catch (TypeException) { }
            }
        return null;
    }

    private void Gather(Term condition, Random random)
    {
        switch (condition)
        {
            case AllTerm all:
                foreach (var part in all.Conditions) Gather(part, random);
                break;
            case AnyTerm any:
                Gather(any.Conditions[random.Next(any.Conditions.Count)], random);
                break;
            case ApplyTerm { Function: "approx", Arguments: [FoundTerm found, var wanted] }:
                Note(found, wanted);
                break;
            case ApplyTerm { Arguments: [FoundTerm its] } asked:
                all.Add((asked.Function, its.Name, new WordTerm("true")));
                break;
            case ComparisonTerm { Than: "==" } same:
                Note(same.A, same.B);
                Note(same.B, same.A);
                break;
        }
    }

    private void Note(Term side, Term wanted)
    {
        if (side is FoundTerm { Sigil: '$' } variable) all.Add(("", variable.Name, wanted));
        else if (side is FoundTerm found) all.Add(("value", found.Name, wanted));
        else if (side is ApplyTerm { Arguments: [FoundTerm of] } asked) all.Add((asked.Function, of.Name, wanted));
    }
}
