using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Kernels by name, those of one shape once.</summary>
internal sealed class SharedKernels
{
    private readonly Dictionary<string, Kernel> named = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Kernel> shapes = new(StringComparer.Ordinal);
    private readonly List<Kernel> all = [];

    public SharedKernels(IEnumerable<Kernel> kernels)
    {
        foreach (var kernel in kernels) Add(kernel);
    }

    /// <summary>In the order they were added.</summary>
    public IEnumerable<Kernel> All => all;

    public Kernel this[string name] => named[name];

    /// <summary>The kernel that does what this one does: one from before, or this one under a name of its own.</summary>
    public Kernel Add(Kernel kernel)
    {
        var shape = KernelShape.Of(kernel);
        if (shapes.TryGetValue(shape, out var shared)) return shared;
        var (name, n) = (kernel.Name, 2);
        while (named.ContainsKey(name)) name = $"{kernel.Name}.{n++}";
        kernel = kernel with { Name = name };
        all.Add(kernel);
        return shapes[shape] = named[name] = kernel;
    }
}
