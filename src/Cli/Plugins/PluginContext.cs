using System.Reflection;
using System.Runtime.Loader;

namespace Lathe.Cli;

/// <summary>The assemblies of a plugin's file or package apart from those of others; what the tool has in a version that is late enough is shared by all.</summary>
/// <param name="name">For debuggers.</param>
/// <param name="beside">The path of an assembly that came with the plugin; null where none did.</param>
internal sealed class PluginContext(string name, Func<AssemblyName, string?> beside) : AssemblyLoadContext(name)
{
    /// <summary>A plugin's file, with what its .deps.json lists, or lies in its folder.</summary>
    public static PluginContext OfFile(string path) => new(Path.GetFileName(path), new AssemblyDependencyResolver(path).ResolveAssemblyToPath);

    /// <summary>Plugins of one package, which see one another.</summary>
    public static PluginContext Of(string name, PluginPackage package) => new(name, assembly => package.Beside.GetValueOrDefault(assembly.Name!));

    /// <summary>Whether the tool or its .NET has an assembly of this name.</summary>
    public static bool IsToolsOwn(string name) => Shared(new(name)) is not null;

    /// <summary>Paths of all that an assembly references, directly or not, and that came with the plugin.</summary>
    /// <exception cref="DiagnosticException">LT0205 the assembly itself references one that is nowhere.</exception>
    public IReadOnlyList<string> Needs(string path)
    {
        foreach (var reference in References.Of(path).Where(r => Shared(r) is null && beside(r) is null))
            throw new DiagnosticException(new Diagnostic("LT0205", $"it needs {reference.Name} {reference.Version}, which did not come with it", Path.GetFileName(path),
                "an assembly is looked for beside the plugin's file, or in its package and the packages that this names; <CopyLocalLockFileAssemblies>true</CopyLocalLockFileAssemblies> has a build put it there"));
        var found = new List<string>();
        for (var open = new Queue<string>([path]); open.TryDequeue(out var next);)
            foreach (var other in References.Of(next).Where(r => Shared(r) is null).Select(beside).OfType<string>().Where(p => p != path && !found.Contains(p)))
            {
                found.Add(other);
                open.Enqueue(other);
            }
        return found;
    }

    protected override Assembly? Load(AssemblyName assemblyName) => Shared(assemblyName) ?? (beside(assemblyName) is { } found ? LoadFromAssemblyPath(found) : null);

    /// <summary>The tool's own, where it is not older than what is asked for. Lathe's are always: whether they fit is asked before.</summary>
    private static Assembly? Shared(AssemblyName name)
    {
        try
        {
            var own = Default.LoadFromAssemblyName(new AssemblyName(name.Name!));
            return name.Name!.StartsWith("Lathe.", StringComparison.Ordinal) || name.Version is null || own.GetName().Version >= name.Version ? own : null;
        }
        catch (Exception e) when (e is FileNotFoundException or FileLoadException) { return null; }
    }
}
