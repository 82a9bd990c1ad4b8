namespace Lathe.Ir;

/// <summary>One step of a program.</summary>
public abstract record Step;

/// <summary>Runs a kernel: one slot for each of its inputs, then one for each of its outputs.</summary>
/// <param name="Name">The node's name, for profiles and diagnostics.</param>
/// <param name="Scratch">Where in the arena the kernel's own scratch lies, in bytes; null where it needs none.</param>
/// <param name="Info">What it stands for, for profiles.</param>
public sealed record CallKernel(string Kernel, Seq<string> Arguments, string Name, Expr? Scratch = null, CallInfo? Info = null) : Step;

/// <summary>What a call stands for in the model.</summary>
/// <param name="Nodes">The values it computes, those inside a fused group included.</param>
/// <param name="Flops">Arithmetic of their formulas.</param>
/// <param name="Bytes">What must be read and written.</param>
/// <param name="Template">The schedule's template; empty before there is one.</param>
public sealed record CallInfo(Seq<string> Nodes, Expr Flops, Expr Bytes, string Template = "");

/// <summary>Gives a symbol a number that only a run can tell; it keeps it until it gets another.</summary>
/// <param name="Symbol">A run whose number is outside its range ends with a code that names it.</param>
/// <param name="Value">Over symbols that have a number; or one number read from a slot, which is then seen as one axis.</param>
/// <param name="Most">What the number cannot exceed, over the program's dimensions: sizes are planned with it.</param>
public sealed record Let(Symbol Symbol, Expr Value, Expr Most) : Step
{
    /// <summary>The read of a slot; null where the number follows from symbols.</summary>
    public Load? Read => (Value as Load) ?? (Value as Cast)?.Operand as Load;
}

/// <summary>Ends the run with a code where a condition on symbols does not hold.</summary>
public sealed record Demand(Guarded Guard) : Step;

/// <summary>Runs one of two lists of steps. What both compute lies in the same slots, whichever ran.</summary>
/// <param name="Condition">Over symbols that have a number, or one truth value read from a slot.</param>
public sealed record Branch(string Name, Expr Condition, Seq<Step> Then, Seq<Step> Else) : Step;

/// <summary>Runs steps again and again. What lies in slots from before, or from the last round, is there in the next.</summary>
/// <param name="Round">Stands in the body for the number of rounds that are over.</param>
/// <param name="Count">Most rounds, over symbols; null for no end of its own.</param>
/// <param name="While">Asked before each round: one truth value read from a slot; null where none is.</param>
/// <param name="Rounds">Stands after the loop for the number of rounds that were run; null where nobody asks.</param>
public sealed record Repeat(string Name, Symbol Round, Expr? Count, Expr? While, Symbol? Rounds, Seq<Step> Body) : Step;

/// <summary>Short ways to walk and rewrite steps.</summary>
public static class Steps
{
    extension(Step step)
    {
        /// <summary>Lists of steps inside.</summary>
        public Seq<Seq<Step>> Inner => step switch
        {
            Branch b => [b.Then, b.Else],
            Repeat r => [r.Body],
            _ => [],
        };

        /// <summary>The slot from which the step itself reads one number; null where it reads none.</summary>
        public string? Asked => step switch
        {
            Let { Read: { } load } => load.Buffer.Name,
            Branch { Condition: Load load } => load.Buffer.Name,
            Repeat { While: Load load } => load.Buffer.Name,
            _ => null,
        };
    }

    extension(IEnumerable<Step> steps)
    {
        /// <summary>Every step, those inside others after them, in the order of the text.</summary>
        public IEnumerable<Step> Flat => steps.SelectMany(s => s.Inner.SelectMany(inner => inner.Flat).Prepend(s));

        /// <summary>Every call, in the order of the text; its place is the number that profiles know it by.</summary>
        public IEnumerable<CallKernel> Calls => steps.Flat.OfType<CallKernel>();

        /// <summary>The same steps with others in place of calls; a call for which there is none is dropped.</summary>
        public Seq<Step> MapCalls(Func<CallKernel, Step?> map) => [.. steps.Select(step => step switch
        {
            CallKernel call => map(call),
            // Branches are mapped in the order of the text: who counts calls counts them so.
            Branch b => b.Then.MapCalls(map) is var then ? b with { Then = then, Else = b.Else.MapCalls(map) } : null,
            Repeat r => r with { Body = r.Body.MapCalls(map) },
            _ => step,
        }).OfType<Step>()];

        /// <summary>The same steps, neighbouring branches on one condition of dimensions as one branch.</summary>
        public Seq<Step> Joined()
        {
            var all = new List<Step>();
            foreach (var step in steps)
            {
                if (step is Branch b && !b.Condition.Parts().Any(e => e is Load) && all.LastOrDefault() is Branch before && before.Condition == b.Condition)
                    all[^1] = before with { Then = [.. before.Then, .. b.Then], Else = [.. before.Else, .. b.Else] };
                else all.Add(step);
            }
            return [.. all.Select(step => step switch
            {
                Branch b => b with { Then = b.Then.Joined(), Else = b.Else.Joined() },
                Repeat r => r with { Body = r.Body.Joined() },
                _ => step,
            })];
        }

        /// <summary>The same steps with slots under other names.</summary>
        public Seq<Step> Renamed(Func<string, string> name)
        {
            Expr Map(Expr e) => e.Replace(part => part is Load load ? Load.Of(load.Buffer with { Name = name(load.Buffer.Name) }, load.At) : null);
            return [.. steps.Select(step => (Step)(step switch
            {
                CallKernel call => call with { Arguments = [.. call.Arguments.Select(name)] },
                Let l => l with { Value = Map(l.Value) },
                Branch b => b with { Condition = Map(b.Condition), Then = b.Then.Renamed(name), Else = b.Else.Renamed(name) },
                Repeat r => r with { While = r.While is { } asked ? Map(asked) : null, Body = r.Body.Renamed(name) },
                _ => step,
            }))];
        }

        /// <summary>Symbols that steps give a number to.</summary>
        public IEnumerable<Symbol> Bound => steps.Flat.SelectMany(s => s switch
        {
            Let l => [l.Symbol],
            Repeat { Rounds: { } rounds } r => [r.Round, rounds],
            Repeat r => [r.Round],
            _ => (Seq<Symbol>)[],
        }).Distinct();
    }
}
