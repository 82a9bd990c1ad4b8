namespace ILGPU.Runtime;

/// <summary>A device refused something; the subset's device never does.</summary>
public abstract class AcceleratorException : Exception
{
    protected AcceleratorException(string message) : base(message)
    {
    }
}
