namespace Lathe.Codegen.Gpu;

/// <summary>Launches as one graph of the driver's: asked for in one call, with microseconds between kernels in place of those of the host.</summary>
internal sealed unsafe class CudaGraph : IRecording
{
    private readonly CudaDevice device;
    private readonly nint executable;

    public CudaGraph(CudaDevice device, Action asked)
    {
        const int ofThisThread = 1;
        this.device = device;
        device.Enter();
        device.Check(((delegate* unmanaged<nint, int, int>)device.Library.Function("cuStreamBeginCapture_v2"))(device.Stream, ofThisThread), "taking down launches");
        nint graph = 0, made = 0;
        var end = (delegate* unmanaged<nint, nint*, int>)device.Library.Function("cuStreamEndCapture");
        try { asked(); }
        catch
        {
            _ = end(device.Stream, &graph);
            device.Leave("cuGraphDestroy", graph);
            throw;
        }
        try
        {
            device.Check(end(device.Stream, &graph), "taking down launches");
            device.Check(((delegate* unmanaged<nint*, nint, ulong, int>)device.Library.Function("cuGraphInstantiateWithFlags"))(&made, graph, 0), "making a graph of launches");
        }
        finally { device.Leave("cuGraphDestroy", graph); }
        executable = made;
    }

    public void Play()
    {
        device.Enter();
        device.Check(((delegate* unmanaged<nint, nint, int>)device.Library.Function("cuGraphLaunch"))(executable, device.Stream), "launching a graph");
    }

    public void Dispose() => device.Leave("cuGraphExecDestroy", executable);
}
