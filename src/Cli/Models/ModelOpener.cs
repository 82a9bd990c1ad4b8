namespace Lathe.Cli;

/// <summary>Who computes.</summary>
public enum Backend
{
    /// <summary>The compiled library.</summary>
    Native,
    /// <summary>The interpreter: slow, and right by definition.</summary>
    Reference,
}

/// <summary>A model ready to run, and the folder that its library lies in where it was compiled for this run.</summary>
internal sealed class ModelOpener(Session session, CodeOptions code) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    /// <param name="path">A model, which is compiled first, or an artifact.</param>
    public NativeModel Native(string path, int threads) => new(ModelPath.IsArtifact(path) ? path : Library(ModelPath.Resolve(path)), threads, session.Cancellation);

    public RunnableModel Open(string path, Backend backend, int threads)
    {
        if (backend == Backend.Native) return Native(path, threads);
        if (ModelPath.IsArtifact(path)) throw new UsageException("the reference runs models: an artifact has no formulas left", "name the .onnx file");
        return new ReferenceModel(new ModelBuild(session, code).Read(ModelPath.Resolve(path)));
    }

    private string Library(string path)
    {
        var build = new ModelBuild(session, code);
        return build.Library(build.Read(path), ModelPath.NameOf(path), folder.Path);
    }

    public void Dispose() => folder.Dispose();
}
