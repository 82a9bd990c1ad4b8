namespace ILGPU.Runtime;

/// <summary>An order of launches; here each is done when it returns.</summary>
public sealed class AcceleratorStream
{
    internal AcceleratorStream()
    {
    }

    public void Synchronize()
    {
    }
}
