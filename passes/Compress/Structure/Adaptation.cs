using Lathe.Ir;
using Lathe.Ir.Ops;

namespace Lathe.Passes;

/// <summary>Ways to say a step for narrower operands: its attributes and its operands of whole numbers may name extents, counts of groups or places that are others now.</summary>
/// <param name="operands">What the step's operands have become.</param>
/// <param name="kept">Of each axis around it that is narrower, which places are left.</param>
internal sealed class Adaptation(Node node, Seq<Value?> operands, Seq<bool[]> kept)
{
    /// <summary>Numbers of an operand that may be lists of extents or places, and most numbers that are changed at once.</summary>
    private const int Listed = 16, Changes = 4, MostWays = 20_000;

    private readonly Dictionary<int, string> called = [];

    /// <summary>One number of a step: of an attribute, or of an operand.</summary>
    private readonly record struct Slot(string? Attribute, int Operand, int Element, long Number);

    /// <summary>Fewest changes first.</summary>
    public IEnumerable<(Op Op, Seq<Value?> Operands, Seq<Node> Before)> Ways(Surroundings names)
    {
        yield return (node.Op, operands, []);
        var slots = Slots().Select(slot => (Slot: slot, Numbers: Numbers(slot.Number).ToList())).Where(s => s.Numbers.Count > 0).ToList();
        foreach (var changes in Enumerable.Range(1, Changes).SelectMany(count => Choices(slots, 0, count)).Take(MostWays)) yield return Way(changes, names);
    }

    private IEnumerable<Slot> Slots()
    {
        foreach (var parameter in RecordText.Parameters(node.Op.GetType()).ToList())
            if (parameter.Property.GetValue(node.Op) is long number) yield return new(parameter.Name, -1, 0, number);
            else if (parameter.Property.GetValue(node.Op) is Seq<long> all) foreach (var (i, one) in all.Index().ToList()) yield return new(parameter.Name, -1, i, one);
        for (var o = 0; o < node.Operands.Count; o++)
            if (operands[o] is { Known: { Count: <= Listed } known } operand && operand.Type is { Scalar: Scalar.I64 or Scalar.I32, Rank: <= 1 })
                foreach (var (i, element) in known.Index().ToList()) if (element is Number n) yield return new(null, o, i, n.Integer);
    }

    /// <summary>What a number may have become: an extent, a count of equal groups, a place.</summary>
    private IEnumerable<long> Numbers(long was)
    {
        var found = new HashSet<long>();
        if (was <= 0) return found;
        foreach (var some in kept)
        {
            var left = some.Count(k => k);
            if (was == some.Length) found.Add(left);
            if (was < some.Length)
            {
                if (left * was % some.Length == 0) found.Add(left * was / some.Length);
                found.Add(some.Take((int)was).Count(k => k));
            }
            // An axis that several are flattened into.
            if (was > some.Length && was % some.Length == 0) found.Add(was / some.Length * left);
        }
        found.Remove(was);
        return found;
    }

    private static IEnumerable<Seq<(Slot, long)>> Choices(List<(Slot Slot, List<long> Numbers)> slots, int first, int count)
    {
        if (count == 0) yield return [];
        else
            for (var s = first; s < slots.Count; s++)
                foreach (var number in slots[s].Numbers)
                    foreach (var rest in Choices(slots, s + 1, count - 1)) yield return [(slots[s].Slot, number), .. rest];
    }

    private (Op, Seq<Value?>, Seq<Node>) Way(Seq<(Slot Slot, long Number)> changes, Surroundings names)
    {
        var op = node.Op;
        if (changes.Any(c => c.Slot.Attribute is not null))
            op = (Op)RecordText.Make(op.GetType(), p => p.Property.GetValue(node.Op) switch
            {
                long number => changes.FirstOrDefault(c => c.Slot.Attribute == p.Name, (default, number)).Item2,
                Seq<long> all => (Seq<long>)[.. all.Select((number, i) => changes.FirstOrDefault(c => c.Slot.Attribute == p.Name && c.Slot.Element == i, (default, number)).Item2)],
                var other => other,
            });
        var (changed, before) = (operands.AsSpan().ToArray(), new List<Node>());
        foreach (var group in changes.Where(c => c.Slot.Attribute is null).GroupBy(c => c.Slot.Operand))
        {
            var operand = operands[group.Key]!;
            Seq<Expr> was = operand.Known!.Value, becomes = [.. was.Select((e, i) => group.FirstOrDefault(c => c.Slot.Element == i, (default, -1)) is { Item2: >= 0 and var number } ? Number.Of(operand.Type.Scalar, number) : e)];
            if (!called.TryGetValue(group.Key, out var name)) called[group.Key] = name = names.Fresh($"{node.Result.Name}.narrow");
            if (becomes.All(e => e is Number))
            {
                changed[group.Key] = Constants.Of(name, operand.Type, becomes);
                continue;
            }
            // What a run decides stays; the rest is made smaller.
            var less = Constants.Of(name + ".less", operand.Type, [.. was.Zip(becomes).Select(p => Linear.Simplify(p.First - p.Second))]);
            var trial = new GraphBuilder("less");
            changed[group.Key] = trial.Add(name, new Sub(), operand, less);
            before.AddRange(trial.Nodes);
        }
        return (op, [.. changed], [.. before]);
    }
}
