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
        plugins.Prepend(typeof(Pass).Assembly).Distinct().SelectMany(a => a.GetTypes()).Where(type => type.IsSubclassOf(typeof(Pass)) && !type.IsAbstract && type.IsVisible)
            .ToDictionary(type => RecordText.Snake(type.Name)), StringComparer.Ordinal);

    /// <summary>Every pass of this assembly in the order of stages, those that wait to be asked included: prototypes.</summary>
    public static Seq<Pass> Ordered() => ResolvedOrder(Known([]).Values.Select(Prototype));

    /// <summary>A pass to be asked what it is; its options may be missing, so it cannot run.</summary>
    public static Pass Prototype(Type pass) => (Pass)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(pass);

    /// <summary>By stage; in a stage, what a pass comes after first; else by name.</summary>
    /// <exception cref="InvalidOperationException">Passes come after one another, or one comes after a pass of a later stage.</exception>
    public static Seq<Pass> ResolvedOrder(IEnumerable<Pass> passes)
    {
        var left = passes.OrderBy(p => p.Stage).ThenBy(p => p.Name, StringComparer.Ordinal).ToList();
        var ordered = new List<Pass>();
        while (left.Count > 0)
        {
            var next = left.Find(p => p.Stage == left[0].Stage && !left.Any(other => p.After.Contains(other.Name)))
                ?? throw new InvalidOperationException($"passes {string.Join(", ", left.Where(p => p.Stage == left[0].Stage).Select(p => p.Name))} of stage {left[0].Stage} cannot be ordered: each comes after another that has not run");
            left.Remove(next);
            ordered.Add(next);
        }
        return ordered.ToSeq();
    }
}
