namespace Lathe.Onnx;

/// <summary>The operators the compiler knows, by ONNX's name and domain.</summary>
internal static class OperatorTable
{
    private static readonly Dictionary<string, Type> Standard = typeof(Op).Assembly.GetTypes()
        .Where(t => t is { IsAbstract: false, Namespace: "Lathe.Ir.Ops" } && t.IsSubclassOf(typeof(Op)))
        .ToDictionary(t => t.Name, StringComparer.Ordinal);

    public static Type? Find(string domain, string name) => domain == "" ? Standard.GetValueOrDefault(name) : null;

    public static IEnumerable<string> Names => Standard.Keys.Append("Constant");
}
