namespace Lathe.Codegen.Gpu;

/// <summary>Launches that were taken down: the host need not work them out again.</summary>
internal interface IRecording : IDisposable
{
    /// <summary>Asks for all of them.</summary>
    void Play();
}
