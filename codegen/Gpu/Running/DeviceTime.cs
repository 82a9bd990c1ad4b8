namespace Lathe.Codegen.Gpu;

/// <summary>How long the device takes for what is asked of it between two calls; where it does not tell, nobody knows.</summary>
internal class DeviceTime : IDisposable
{
    /// <summary>What is asked from here on counts.</summary>
    public virtual void Begin() { }

    /// <summary>What is asked from here on does not count.</summary>
    public virtual void End() { }

    /// <summary>Once all of it is done; null where the device does not tell.</summary>
    public virtual double? Milliseconds => null;

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) { }
}
