using Lathe.Ir;
using Lathe.Passes.Rules;

namespace Lathe.Passes.Rewrites;

/// <summary>A rewrite as a rule, beside those that are written in C#.</summary>
/// <param name="Rewrite">What it does.</param>
public sealed record RewriteRule(Rewrite Rewrite) : Rule
{
    private readonly Matcher matcher = new(Rewrite);

    public override string Name => Rewrite.Name;

    public override bool IsExact => !Rewrite.IsInexact;

    public override Improvement? Improve(Node step, Surroundings around) => Improve(step, around, _ => true);

    public override Improvement? Improve(Node step, Surroundings around, Func<Node, bool> may)
    {
        if (matcher.Find(step, around, may) is not { } found) return null;
        try { return Replacement.Of(Rewrite, step, around, found); }
        catch (TypeException) { return null; } // the result has other operands or types here than the rewrite was made for
    }
}
