namespace Lathe.Codegen.Gpu;

/// <summary>A point in what a device was asked.</summary>
/// <param name="wait">Waits until all is done that was asked before it.</param>
/// <param name="leave">Gives back what the driver made for it.</param>
internal sealed class DeviceMark(Action wait, Action? leave = null) : IDisposable
{
    public void Wait() => wait();

    public void Dispose() => leave?.Invoke();
}
