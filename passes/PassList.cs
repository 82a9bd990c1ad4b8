using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>The passes there are, found by reflection: there is no list to edit.</summary>
public static class PassList
{
    /// <summary>The passes of these assemblies and of this one that run unless told otherwise, with their defaults, in the order they run.</summary>
    public static Seq<Pass> All(params IEnumerable<System.Reflection.Assembly> plugins) => ResolvedOrder(
        Known(plugins).Values.Where(type => RecordText.Parameters(type).All(p => !p.Required)).Select(type => (Pass)RecordText.Make(type, _ => null)).Where(pass => pass.IsDefault));

    /// <summary>Every pass of these assemblies and of this one, by the name that pipelines give it.</summary>
    public static IReadOnlyDictionary<string, Type> Known(IEnumerable<System.Reflection.Assembly> plugins) => new SortedDictionary<string, Type>(
        Vocabulary.Of<Pass>().Concat(plugins.SelectMany(a => a.GetTypes()).Where(type => type.IsSubclassOf(typeof(Pass)) && !type.IsAbstract)).Where(type => type.IsVisible).Distinct()
            .ToDictionary(Vocabulary.Word), StringComparer.Ordinal);

    /// <summary>Every pass of this assembly in the order of stages, those that wait to be asked included: prototypes.</summary>
    public static Seq<Pass> Ordered() => ResolvedOrder(Known([]).Values.Select(Prototype));

    /// <summary>A pass to be asked what it is; its options may be missing, so it cannot run.</summary>
    public static Pass Prototype(Type pass) => (Pass)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(pass);

    /// <summary>By stage; in a stage, what a pass comes after first; else by name.</summary>
    /// <exception cref="InvalidOperationException">Passes of the tool come after one another, or one comes after a pass of a later stage.</exception>
    /// <exception cref="DiagnosticException">LT3020: the same, and a plugin's is among them.</exception>
    public static Seq<Pass> ResolvedOrder(IEnumerable<Pass> passes)
    {
        var left = passes.OrderBy(p => p.Stage).ThenBy(p => p.Name, StringComparer.Ordinal).ToList();
        var ordered = new List<Pass>();
        while (left.Count > 0)
        {
            var next = left.Find(p => p.Stage == left[0].Stage && !left.Any(other => other != p && Comes(p, after: other))) ?? throw Unordered(left);
            left.Remove(next);
            ordered.Add(next);
        }
        return ordered.ToSeq();
    }

    private static bool Comes(Pass pass, Pass after) => pass.After.Contains(after.Name) || after.Before.Contains(pass.Name);

    private static Exception Unordered(List<Pass> left)
    {
        // Walking back from one that waits ends in a circle, or at a pass of a later stage.
        var way = new List<Pass> { left[0] };
        while (left.Find(other => other != way[^1] && Comes(way[^1], after: other)) is { } before && way.IndexOf(before) is var place)
        {
            if (place < 0) way.Add(before);
            else
            {
                way = [.. way.Skip(place), before];
                break;
            }
        }
        var text = $"passes cannot be ordered: {string.Join(" comes after ", way.Select(p => p.Stage == left[0].Stage ? p.Name : $"{p.Name} of the later stage {RecordText.Snake(p.Stage.ToString())}"))}; of stage {RecordText.Snake(left[0].Stage.ToString())} are left {string.Join(", ", left.Where(p => p.Stage == left[0].Stage).Select(p => p.Name))}";
        return way.Select(p => Vocabulary.PluginOf(p.GetType().Assembly)).OfType<string>().FirstOrDefault() is { } plugin
            ? new DiagnosticException(new Diagnostic("LT3020", text, $"plugin {plugin}", "take one name out of After or Before")) : new InvalidOperationException(text);
    }
}
