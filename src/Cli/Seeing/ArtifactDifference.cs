using System.Text.Json;
using Lathe.Passes.Checking;
using Lathe.Runtime;

namespace Lathe.Cli.Seeing;

/// <summary>Two artifacts compared by their contracts: which kernel computes each node and how, what that costs, what each was made by and for, sizes in all.</summary>
internal sealed class ArtifactDifference
{
    private readonly List<Change> changes = [];

    /// <exception cref="DiagnosticException">A file is no artifact.</exception>
    public ArtifactDifference(string before, string after)
    {
        using var a = JsonDocument.Parse(Contract(before));
        using var b = JsonDocument.Parse(Contract(after));
        foreach (var part in new[] { "provenance", "target" }) Texts(Part(a, part), Part(b, part));
        Types(a, b, "dims", "dimension", d => $"{d.GetProperty("min")}..{d.GetProperty("max")}");
        Types(a, b, "inputs", "input", Type);
        Types(a, b, "outputs", "output", Type);
        var (old, @new) = (Kernels(a), Kernels(b));
        Nodes(Places(old), Places(@new));
        foreach (var (kernel, now) in old.Join(@new, k => k.Name, k => k.Name, (x, y) => (x, y)))
        {
            if (kernel.Template != now.Template) changes.Add(new(Fate.Replaced, kernel.Name, kernel.Template, now.Template));
            if (kernel.Cost != now.Cost) changes.Add(new(Fate.Cost, kernel.Name, kernel.Cost, now.Cost));
        }
        changes.AddRange(Moves.Between([.. old.Select(k => k.Name)], [.. @new.Select(k => k.Name)]));
        if (Text(a.RootElement, "weights_sha256") is var weights && Text(b.RootElement, "weights_sha256") is var other && weights != other) changes.Add(new(Fate.Bytes, "weights", weights, other));
        Totals = [.. Sizes(before, a, old).Zip(Sizes(after, b, @new)).Select(p => (p.First.What, p.First.Size, p.Second.Size))];
    }

    /// <summary>By kind.</summary>
    public IReadOnlyList<Change> Changes => [.. changes.OrderBy(c => c.Fate)];

    public IReadOnlyList<(string What, string Before, string After)> Totals { get; }

    private sealed record Kernel(string Name, Seq<string> Nodes, string Template, double Flops, double Bytes)
    {
        public string Cost => string.Create(CultureInfo.InvariantCulture, $"{Flops} operations, {Bytes} bytes moved");
    }

    /// <summary>As it lies beside the library, which need not be for this machine then; else as the library says it.</summary>
    private static ReadOnlyMemory<byte> Contract(string library)
    {
        if (!File.Exists(library)) throw InputFault.NoFile(library);
        var beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(library))!, Artifact.NameOf(library) + ".json");
        if (File.Exists(beside)) return File.ReadAllBytes(beside);
        using var opened = Artifact.Open(library);
        return opened.Contract.Json.ToArray();
    }

    /// <summary>Nodes by where they are computed: with others in one kernel, or alone.</summary>
    private void Nodes(Dictionary<string, Kernel> before, Dictionary<string, Kernel> after)
    {
        foreach (var (node, kernel) in before)
            if (!after.TryGetValue(node, out var now)) changes.Add(new(Fate.Dropped, node, $"in kernel {kernel.Name}", ""));
            else if (kernel.Nodes != now.Nodes && (kernel.Nodes.Count > 1 || now.Nodes.Count > 1)) changes.Add(new(now.Nodes.Count == 1 ? Fate.Unfused : Fate.Fused, node, With(kernel), With(now)));
        foreach (var (node, kernel) in after.Where(n => !before.ContainsKey(n.Key))) changes.Add(new(Fate.Added, node, "", $"in kernel {kernel.Name}"));

        static string With(Kernel kernel) => kernel.Nodes.Count == 1 ? "alone" : $"in kernel {kernel.Name}, of {kernel.Nodes.Count}";
    }

    private static Dictionary<string, Kernel> Places(IEnumerable<Kernel> kernels) =>
        kernels.SelectMany(k => k.Nodes.Select(n => (Node: n, Kernel: k))).GroupBy(p => p.Node, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First().Kernel, StringComparer.Ordinal);

    private static List<Kernel> Kernels(JsonDocument contract) =>
        [.. Part(contract, "kernels") is { ValueKind: JsonValueKind.Array } all ? all.EnumerateArray().Select(k => new Kernel(Text(k, "name"), [.. k.GetProperty("nodes").EnumerateArray().Select(n => n.GetString()!)], Text(k, "template") is { Length: > 0 } t ? t : "plain loops", Number(k, "flops"), Number(k, "bytes"))) : []];

    private void Texts(JsonElement before, JsonElement after)
    {
        var (old, @new) = (Fields(before), Fields(after));
        foreach (var name in old.Keys.Union(@new.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
            if (old.GetValueOrDefault(name, "") is var x && @new.GetValueOrDefault(name, "") is var y && x != y) changes.Add(new(Fate.Attributes, name, x, y));

        static Dictionary<string, string> Fields(JsonElement part) => part.ValueKind == JsonValueKind.Object ? part.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.ToString(), StringComparer.Ordinal) : [];
    }

    private void Types(JsonDocument before, JsonDocument after, string list, string what, Func<JsonElement, string> type)
    {
        var (old, @new) = (Named(before), Named(after));
        foreach (var (name, was) in old)
            if (!@new.TryGetValue(name, out var now)) changes.Add(new(Fate.Dropped, name, $"{what} {was}", ""));
            else if (was != now) changes.Add(new(Fate.Retyped, name, $"{what} {was}", $"{what} {now}"));
        foreach (var (name, now) in @new.Where(n => !old.ContainsKey(n.Key))) changes.Add(new(Fate.Added, name, "", $"{what} {now}"));

        Dictionary<string, string> Named(JsonDocument contract) => Part(contract, list) is { ValueKind: JsonValueKind.Array } all ? all.EnumerateArray().ToDictionary(t => Text(t, "name"), type, StringComparer.Ordinal) : [];
    }

    private static string Type(JsonElement tensor) => $"{Text(tensor, "type")}[{string.Join(", ", tensor.GetProperty("shape").EnumerateArray().Select(d => d.ToString()))}]";

    private static IEnumerable<(string What, string Size)> Sizes(string library, JsonDocument contract, List<Kernel> kernels)
    {
        var memory = Part(contract, "memory");
        yield return ("kernels", Whole(kernels.Count));
        yield return ("operations", Whole(kernels.Sum(k => k.Flops)));
        yield return ("bytes moved", Whole(kernels.Sum(k => k.Bytes)));
        yield return ("weight bytes", Whole(Number(contract.RootElement, "weight_bytes")));
        yield return ("arena bytes", Whole(Number(contract.RootElement, "arena_bytes")));
        foreach (var part in new[] { "stack", "code", "rodata" }) yield return ($"{part} bytes", memory.ValueKind == JsonValueKind.Object ? Whole(Number(memory, part + "_bytes")) : "");
        yield return ("library bytes", Whole(new FileInfo(library).Length));
    }

    private static string Whole(double number) => number.ToString(CultureInfo.InvariantCulture);

    private static JsonElement Part(JsonDocument contract, string name) => contract.RootElement.TryGetProperty(name, out var part) ? part : default;

    private static string Text(JsonElement parent, string name) => parent.TryGetProperty(name, out var text) ? text.ToString() : "";

    private static double Number(JsonElement parent, string name) => parent.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number ? number.GetDouble() : 0;
}
