using System.Collections.Immutable;
using ILGPU.Runtime;

namespace ILGPU;

/// <summary>Where accelerators come from; here there is nothing to set up.</summary>
public sealed class Context : IDisposable
{
    private Context()
    {
    }

    /// <summary>What it found.</summary>
    public ImmutableArray<Device> Devices { get; } = [new(AcceleratorType.CPU, "CPU (subset of ILGPU)")];

    public static Context Create(Action<Builder> configure)
    {
        configure(new Builder());
        return new Context();
    }

    public void Dispose()
    {
    }

    /// <summary>Collects what a context shall offer.</summary>
    public sealed class Builder
    {
        internal Builder()
        {
        }
    }
}
