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
    private static readonly Seq<Emission> ForC = [Emission.Shared, Emission.Static, Emission.Header, Emission.Python, Emission.Contract];
    private readonly ScratchFolder scratch = new();
    private readonly Lazy<Graph> digits = new(() => OnnxModel.Load(CProgram.Repository("tests", "models", "opt_mnist", "model.onnx")).Graph);
    private readonly Lazy<Program> digitsProgram, rowsProgram;
    private readonly Lazy<Artifact> digitsArtifact, pooledArtifact, rowsArtifact, rowsInFileArtifact, oddArtifact, cacheArtifact, emptyArtifact, roundsArtifact;

    public Models()
    {
        digitsProgram = new(() => Compilation.Run(DigitsGraph, MachineTable.Of(CpuTarget.Host)));
        rowsProgram = new(() => Compilation.Run(Rows(), MachineTable.Of(CpuTarget.Host)));
        digitsArtifact = new(() => Write(DigitsProgram, "digits", "digits"));
        pooledArtifact = new(() => Write(DigitsProgram, "pooled", "pooled", pool: true));
        rowsArtifact = new(() => Write(rowsProgram.Value, "rows", "rows"));
        oddArtifact = new(() => Write(Compilation.Run(Strange(), MachineTable.Of(CpuTarget.Host)), "odd", "odd"));
        cacheArtifact = new(() => Write(Compilation.Run(Decoder(), MachineTable.Of(CpuTarget.Host)), "cache", "cache"));
        emptyArtifact = new(() => Write(Compilation.Run(MaybeEmpty(), MachineTable.Of(CpuTarget.Host)), "empty", "empty"));
        roundsArtifact = new(() => Write(Compilation.Run(LongLoop(), MachineTable.Of(CpuTarget.Host)), "rounds", "rounds"));
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

    /// <summary>
    /// One step of a decoder: <c>present[2, p + t, 4] = past[2, p, 4] | x[2, t, 4]</c>, <c>scores[2, t, p + t] = x · presentᵀ</c>, <c>next[2, 4] = state[2, 4] / 2 + step[2, 4]</c>,
    /// <c>columns[5, 3]</c>: <c>image[3, 5]</c> of bytes turned.
    /// </summary>
    public Artifact Cache => cacheArtifact.Value;

    /// <summary><c>y[n, 4] = relu(x[n, 3] · w)</c>, <c>total[1, 3] = Σ x</c> and <c>found[2, k]</c>, the places where x is not 0, for n from 0.</summary>
    public Artifact Empty => emptyArtifact.Value;

    /// <summary><c>v = softmax(exp(-v)) + x[8]</c>, <c>trips</c> times from <c>v = x</c>; <c>rounds</c>: how many times.</summary>
    public Artifact Rounds => roundsArtifact.Value;

    /// <summary>The folder an artifact was written to.</summary>
    public static string FolderOf(Artifact artifact) => Path.GetDirectoryName(artifact.Files[0])!;

    /// <summary>The file of an artifact that ends so.</summary>
    public static string FileOf(Artifact artifact, string end) => artifact.Files.Single(file => file.EndsWith(end, StringComparison.Ordinal));

    private Artifact Write(Program program, string name, string folder, bool? inFile = null, bool pool = false) =>
        ArtifactBuilder.Write(program, CpuTarget.Host, new(name, scratch[folder], ForC, new Provenance(), inFile, pool));

    private static Graph Rows()
    {
        var x = new Value("x", new TensorType([Symbol.Of("n", 1, 64), 16], Scalar.F32));
        var w = Weight("w", [16, 8], i => (i / 8 * 7 + i % 8 * 3) % 11 - 5);
        var b = Weight("b", [8], j => j - 3);
        var graph = new GraphBuilder("rows", x);
        return graph.Return(graph.Add("y", new Relu(), graph.Add("sum", new Add(), graph.Add("product", new MatMul(), x, w), b)));
    }

    private static Graph Decoder()
    {
        var (p, t) = (Symbol.Of("p", 1, 64), Symbol.Of("t", 1, 16));
        Value Input(string name, Scalar kind, params Seq<Expr> shape) => new(name, new TensorType(shape, kind));
        var (past, x, state, step, image) = (Input("past", Scalar.F32, 2, p, 4), Input("x", Scalar.F32, 2, t, 4), Input("state", Scalar.F32, 2, 4), Input("step", Scalar.F32, 2, 4), Input("image", Scalar.U8, 3, 5));
        var half = new Value("half", new TensorType([], Scalar.F32), [Bytes.Of<float>([0.5f])]);
        var graph = new GraphBuilder("cache", past, x, state, step, image);
        var present = graph.Add("present", new Concat(1), past, x);
        return graph.Return(present, graph.Add("scores", new MatMul(), x, graph.Add("turned", new Transpose([0, 2, 1]), present)),
            graph.Add("next", new Add(), graph.Add("halved", new Mul(), state, half), step), graph.Add("columns", new Transpose([1, 0]), image));
    }

    private Graph MaybeEmpty() => Imported("empty", """
            <ir_version: 8, opset_import: ["": 17]>
            empty (float[n, 3] x) => (float[n, 4] y, float[1, 3] total, int64[2, k] found) <float[3, 4] w = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, int64[1] rows = {0}> {
              product = MatMul(x, w)
              y = Relu(product)
              total = ReduceSum(x, rows)
              found = NonZero(x)
            }
            """);

    private Graph LongLoop() => Imported("rounds", """
            <ir_version: 8, opset_import: ["": 17]>
            rounds (int64 trips, float[8] x) => (float[8] y, int64 rounds) <int64 none = {0}, int64 one = {1}> {
              y, rounds = Loop <body = step (int64 i, bool on, float[8] v, int64 n) => (bool next, float[8] w, int64 m) {
                next = Identity(on)
                minus = Neg(v)
                e = Exp(minus)
                s = Softmax(e)
                w = Add(s, x)
                m = Add(n, one)
              }> (trips, , x, none)
            }
            """);

    private Graph Imported(string name, string text)
    {
        File.WriteAllBytes(scratch[$"{name}.onnx"], new OnnxSyntax(text).Model());
        return OnnxModel.Load(scratch[$"{name}.onnx"]).Graph;
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
