namespace Lathe.Cli;

/// <summary>A model ready to run, and the folder that its library lies in where it was compiled for this run.</summary>
internal sealed class ModelOpener(Session session, CodeOptions code) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    /// <summary>What runs in this process, as a measurement needs it.</summary>
    /// <param name="path">A model, which is compiled first, or an artifact.</param>
    /// <exception cref="UsageException">It is for another processor.</exception>
    public NativeModel Native(string path, int threads)
    {
        if (!code.IsForHere) throw new UsageException($"--triple {code.Triple}: an emulator's time says nothing of the processor's", "lathe run and lathe verify run it; measure on a machine of that kind");
        return new(LibraryOf(path), threads, session.Cancellation);
    }

    /// <param name="path">A model, which is compiled first, or an artifact.</param>
    public RunnableModel Open(string path, RunOptions run)
    {
        if (run.Backend == Backend.Native && code.IsForGpu) return OnDevice(path);
        if (run.Backend == Backend.Native) return run.Load(LibraryOf(path), code, folder.Path, session.Cancellation);
        if (ModelPath.IsArtifact(path)) throw new UsageException("the reference runs models: an artifact has no formulas left", "name the .onnx file");
        return new ReferenceModel(new ModelBuild(session, code).Read(ModelPath.Resolve(path)));
    }

    /// <summary>A model on a GPU.</summary>
    /// <exception cref="UsageException">It is compiled for the processor already.</exception>
    public GpuModel OnDevice(string path)
    {
        if (ModelPath.IsArtifact(path)) throw new UsageException("--target=gpu: a library is code for the processor", "name the .onnx file");
        var build = new ModelBuild(session, code);
        return new(session, build, code.Device!, build.Read(ModelPath.Resolve(path)));
    }

    private string LibraryOf(string path)
    {
        if (ModelPath.IsArtifact(path)) return path;
        path = ModelPath.Resolve(path);
        var build = new ModelBuild(session, code);
        return build.Library(build.Read(path), ModelPath.NameOf(path), folder.Path);
    }

    public void Dispose() => folder.Dispose();
}
