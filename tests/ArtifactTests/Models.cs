using Lathe.Codegen.Llvm;
using Lathe.Codegen.Package;
using Lathe.Ir;
using Lathe.Ir.Ops;
using Lathe.Onnx;
using Lathe.Passes;

namespace Lathe.ArtifactTests;

/// <summary>The models of these tests, each compiled once in this process into a folder that lives as long as the tests.</summary>
[CollectionDefinition(nameof(Models))]
public sealed class Models : IDisposable, ICollectionFixture<Models>
{
    private static readonly Seq<Emission> ForC = [Emission.Shared, Emission.Static, Emission.Header, Emission.Contract];
    private readonly ScratchFolder scratch = new();
    private readonly Lazy<Graph> digits = new(() => OnnxModel.Load(CProgram.Repository("tests", "models", "opt_mnist", "model.onnx")).Graph);
    private readonly Lazy<Program> digitsProgram, rowsProgram;
    private readonly Lazy<Artifact> digitsArtifact, pooledArtifact, rowsArtifact, rowsInFileArtifact, oddArtifact;

    public Models()
    {
        digitsProgram = new(() => Compilation.Run(DigitsGraph, MachineTable.Of(CpuTarget.Host)));
        rowsProgram = new(() => Compilation.Run(Rows(), MachineTable.Of(CpuTarget.Host)));
        digitsArtifact = new(() => Write(DigitsProgram, "digits", "digits"));
        pooledArtifact = new(() => Write(DigitsProgram, "pooled", "pooled", pool: true));
        rowsArtifact = new(() => Write(rowsProgram.Value, "rows", "rows"));
        oddArtifact = new(() => Write(Compilation.Run(Strange(), MachineTable.Of(CpuTarget.Host)), "odd", "odd"));
        rowsInFileArtifact = new(() => Write(rowsProgram.Value, "rows", "rows-in-file", inFile: true));
    }

    /// <summary>A classifier of digits: a real model, all extents known.</summary>
    public Graph DigitsGraph => digits.Value;
    public Program DigitsProgram => digitsProgram.Value;
    public Artifact Digits => digitsArtifact.Value;

    /// <summary>The classifier of digits with the thread pool linked in.</summary>
    public Artifact Pooled => pooledArtifact.Value;

    /// <summary><c>y[n, 8] = relu(x[n, 16] · w + b)</c> for n in 1..64, its weights <c>((7i + 3j) mod 11 − 5) / 8</c> and <c>(j − 3) / 8</c>.</summary>
    public Artifact RowsArtifact => rowsArtifact.Value;

    /// <summary>The same, its weights in a file.</summary>
    public Artifact RowsInFile => rowsInFileArtifact.Value;

    /// <summary>Names that C does not allow, a number, whole numbers, an input and a weight that are outputs.</summary>
    public Artifact Odd => oddArtifact.Value;

    /// <summary>The folder an artifact was written to.</summary>
    public static string FolderOf(Artifact artifact) => Path.GetDirectoryName(artifact.Files[0])!;

    /// <summary>The file of an artifact that ends so.</summary>
    public static string FileOf(Artifact artifact, string end) => artifact.Files.Single(file => file.EndsWith(end, StringComparison.Ordinal));

    private Artifact Write(Program program, string name, string folder, bool? inFile = null, bool pool = false) =>
        ArtifactBuilder.Write(program, new(name, scratch[folder], CpuTarget.Host, ForC, new Provenance(), inFile, pool));

    private static Graph Rows()
    {
        var x = new Value("x", new TensorType([Symbol.Of("n", 1, 64), 16], Scalar.F32));
        var w = Weight("w", [16, 8], i => (i / 8 * 7 + i % 8 * 3) % 11 - 5);
        var b = Weight("b", [8], j => j - 3);
        var graph = new GraphBuilder("rows", x);
        return graph.Return(graph.Add("y", new Relu(), graph.Add("sum", new Add(), graph.Add("product", new MatMul(), x, w), b)));
    }

    private static Graph Strange()
    {
        var (scale, ids) = (new Value("int", new TensorType([], Scalar.F32)), new Value("my ids:0", new TensorType([3], Scalar.I64)));
        var one = new Value("one", new TensorType([], Scalar.I64), [Bytes.Of<long>([1L])]);
        var graph = new GraphBuilder("odd", scale, ids);
        return graph.Return(graph.Add("double", new Add(), scale, scale), graph.Add("0sum", new Add(), ids, one), graph.Add("same", new Identity(), ids),
            graph.Add("constant", new Identity(), Weight("c", [2], i => 4 - 12 * i)));
    }

    private static Value Weight(string name, long[] shape, Func<int, int> eighths)
    {
        var numbers = Enumerable.Range(0, (int)shape.Aggregate((a, b) => a * b)).Select(i => eighths(i) / 8f).ToArray();
        return new(name, new TensorType([.. shape.Select(d => (Expr)d)], Scalar.F32), [Bytes.Of<float>(numbers)]);
    }

    public void Dispose() => scratch.Dispose();
}
