namespace Lathe.Onnx;

/// <summary>
/// Sequences and optional values whose length is known when compiling: they are lists of names, and no operator on them is left. What cannot be
/// folded so is the host's.
/// </summary>
internal sealed class ListValues(RaiseScope scope)
{
    private static readonly HashSet<string> Operators = new(StringComparer.Ordinal)
    {
        "ConcatFromSequence", "Optional", "OptionalGetElement", "OptionalHasElement", "SequenceAt", "SequenceConstruct", "SequenceEmpty", "SequenceErase",
        "SequenceInsert", "SequenceLength", "SequenceMap", "SplitToSequence",
    };

    /// <summary>Names of the elements of each sequence.</summary>
    private readonly Dictionary<string, Seq<string>> lists = new(StringComparer.Ordinal);
    /// <summary>Optional values that are not there.</summary>
    private readonly HashSet<string> absent = new(StringComparer.Ordinal);

    /// <summary>Whether an operator is one on sequences or optional values.</summary>
    public static bool Knows(OnnxNode node) => node.Domain == "" && Operators.Contains(node.OpType);

    /// <summary>Whether a name is that of a sequence, or of an optional value that is absent.</summary>
    public bool Holds(string name) => lists.ContainsKey(name) || absent.Contains(name);

    /// <summary>Whether a node is to be folded.</summary>
    public bool Takes(OnnxNode node) => Knows(node) || node is { OpType: "Identity", Domain: "" } && Holds(node.Input(0));

    /// <summary>Nodes on tensors that make what the node makes of lists.</summary>
    /// <exception cref="TypeException">A length or a place is not known when compiling.</exception>
    public IReadOnlyList<OnnxNode> Fold(OnnxNode node)
    {
        var (first, result, chain) = (node.Input(0), node.Outputs[0], new Chain(node.Outputs[0], scope));
        switch (node.OpType)
        {
            case "SequenceEmpty": lists[result] = []; break;
            case "SequenceConstruct": lists[result] = node.Inputs; break;
            case "SequenceInsert": lists[result] = Place(node, 2, List(first).Count, List(first).Count) is var at ? [.. List(first)[..at], node.Input(1), .. List(first)[at..]] : []; break;
            case "SequenceErase": lists[result] = Place(node, 1, List(first).Count - 1, List(first).Count) is var gone ? [.. List(first)[..gone], .. List(first)[(gone + 1)..]] : []; break;
            case "SequenceAt": chain.Name(List(first)[Place(node, 1, List(first).Count - 1, List(first).Count)], result); break;
            case "SequenceLength": chain.Name(chain.Number(Scalar.I64, List(first).Count), result); break;
            case "SplitToSequence": Split(node, chain); break;
            case "ConcatFromSequence":
                var axis = node.Int("axis", 0);
                var parts = node.Int("new_axis", 0) == 0 ? List(first) : [.. List(first).Select(part => chain.Add("Unsqueeze", [part, chain.Wholes(axis)]))];
                chain.Name(parts.Count == 0 ? throw new TypeException("the sequence is empty") : chain.Add("Concat", parts, ("axis", axis)), result);
                break;
            case "SequenceMap": Map(node, chain); break;
            case "OptionalHasElement": chain.Name(chain.Number(Scalar.Bool, first == "" || absent.Contains(first) ? 0 : 1), result); break;
            case "Optional" when first == "": absent.Add(result); break;
            default: // Optional, OptionalGetElement, Identity
                if (lists.TryGetValue(first, out var same)) lists[result] = same;
                else if (!absent.Contains(first)) chain.Name(first, result);
                else if (node.OpType == "OptionalGetElement") throw new TypeException($"{first} is absent");
                else absent.Add(result);
                break;
        }
        return chain.Nodes;
    }

    private Seq<string> List(string name) => lists.TryGetValue(name, out var list) ? list : throw new TypeException($"{name} is no sequence");

    /// <summary>A place counted from the end where negative; the last, or for an insertion the end, where none is given.</summary>
    private int Place(OnnxNode node, int operand, int last, int count)
    {
        if (node.Input(operand) == "") return last >= 0 ? last : throw new TypeException("the sequence is empty");
        if (scope.Known(node.Input(operand)) is not [Number { Integer: var given }]) throw new TypeException("the place in a sequence must be known when compiling");
        var place = given < 0 ? given + count : given;
        return place >= 0 && place <= last ? (int)place : throw new TypeException($"place {given} of a sequence of {count}");
    }

    private void Split(OnnxNode node, Chain chain)
    {
        var type = scope.Type(node.Input(0));
        var axis = node.Int("axis", 0) is < 0 and var fromEnd ? fromEnd + type.Rank : node.Int("axis", 0);
        if (axis < 0 || axis >= type.Rank) throw new TypeException($"axis {node.Int("axis", 0)} of {type}");
        Seq<Expr>? given = node.Input(1) == "" ? null : scope.Known(node.Input(1)) ?? throw new TypeException("the parts must be known when compiling");
        Seq<long> sizes;
        if (given is not null && scope.Type(node.Input(1)).Rank == 1) sizes = [.. given.Value.Select(e => e.Whole)];
        else
        {
            var each = given is null ? 1 : given.Value[0].Whole;
            if (type.Shape[(int)axis] is not Number { Integer: var whole } || each <= 0) throw new TypeException($"axis {axis} of {type} must be known when compiling to be cut into parts of {each}");
            sizes = [.. Enumerable.Range(0, (int)((whole + each - 1) / each)).Select(i => Math.Min(each, whole - i * each))];
        }
        var parts = sizes.Count == 0 ? [] : chain.Many("Split", [node.Input(0), chain.Wholes(sizes)], sizes.Count, ("axis", axis));
        lists[node.Outputs[0]] = given is null && node.Int("keepdims", 1) == 0 ? [.. parts.Select(part => chain.Add("Squeeze", [part, chain.Wholes(axis)]))] : parts;
    }

    private void Map(OnnxNode node, Chain chain)
    {
        var body = node.Graph("body");
        var count = List(node.Input(0)).Count;
        var made = node.Outputs.Select(_ => new List<string>()).ToList();
        for (var i = 0; i < count; i++)
        {
            Seq<string> inputs = [.. node.Inputs.Select(name => !lists.TryGetValue(name, out var list) ? name : i < list.Count ? list[i] : throw new TypeException("sequences of different lengths"))];
            var (nodes, outputs) = InlinedGraph.Of(body, inputs, $"{node.Outputs[0]}/{i}", scope);
            foreach (var inner in nodes) chain.Result(inner);
            foreach (var (list, output) in made.Zip(outputs)) list.Add(output);
        }
        foreach (var (name, list) in node.Outputs.Zip(made)) lists[name] = [.. list];
    }
}
