using System.Text.Json;
using System.Text.Json.Nodes;
using Lathe.Benchmarks;
using Lathe.Codegen.Measuring;

const string Usage = """
    dotnet run -c Release --project tests/Benchmarks -- VERB [names] [options]

      peak       what one core multiplies and adds at most
      networks   whole networks beside ONNX Runtime: the eighteen that speed is judged by, or those named
      kernels    matrix products and convolutions as a share of the peak
      quantization   quantized weights: bytes, errors and accuracy by model, format and method; into docs/quantization.md
      pruning        pruned weights: bytes, errors, divergence and accuracy by model and method; into docs/sparsity.md
      formats        one row times a matrix of weights in each format, beside int4
      techniques     what each technique brings, by leaving it out; --markdown writes it into docs/performance.md
      model          what the cost model expects of each kernel of networks beside what it takes
      half           networks with weights in f16 beside the same in f32
      factorization  products with factorized weights beside the same with dense ones, and what factors cost in accuracy; into docs/factorization.md
      gpu            matrix products and kernels that memory limits on a GPU of NVIDIA's, as a share of its data sheet (also --gpu); without one it says so and ends with 0
      sparsity       products with sparse weights beside the same with dense ones; into docs/sparsity.md

      --threads 1,2    both sides with one thread, then with two      --seconds S  --rounds N   of each side, in turns
      --all            every generated network                        --shared     the float models of the shared folder
      --dynamic        dimensions stay open, as in the model files    --json FILE  the same tables with all digits
      --batch N        inputs N times as long, along the dimension that a model leaves open first
      --readme         write the short table into README.md           --markdown   write the table into its document
      --lathe FILE the compiler under test

    First: ./build.sh, and tests/Benchmarks/peer.sh for ONNX Runtime and the models. Ends with 1 where a network fails or differs.
    """;

try
{
    if (args.Length == 0) throw new BenchmarkException(Usage);
    if (args[0] == "serve")
    {
        Serve.Run(args[1..]);
        return 0;
    }
    var options = BenchOptions.Parse(args.Skip(1));
    var gpu = args[0] is "gpu" or "--gpu" ? Gpu.Run(options) : [];
    if (gpu is null)
    {
        Console.WriteLine("no CUDA device is here: nothing was measured (lathe doctor says what is missing)");
        return 0;
    }
    IReadOnlyList<NetworkResult> networks = args[0] == "networks" ? Networks.Run(options, Progress) : [];
    Table[] tables = args[0] switch
    {
        "peak" => [Peak()],
        "networks" => [.. options.Threads.Select(n => NetworkTables.Full(networks, n))],
        "kernels" => [.. Kernels.Run(options)],
        "quantization" => [Quantization.Run(options)],
        "pruning" => [Pruning.Run(options)],
        "formats" => [Formats.Run(options)],
        "techniques" => [Techniques.Run(options)],
        "model" => [.. CostModel.Run(options)],
        "half" => [HalfWeights.Run(options)],
        "factorization" => [.. Factorization.Run(options)],
        "gpu" or "--gpu" => [.. gpu],
        "sparsity" => [.. Sparsity.Run(options)],
        _ => throw new BenchmarkException(Usage),
    };
    foreach (var table in tables) Console.WriteLine(table.Markdown());
    if (options.Json is not null) File.WriteAllText(options.Json, new JsonArray([.. tables.Select(t => t.Json())]).ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
    if (options.Readme) NetworkTables.WriteReadme(networks, options);
    return networks.Any(n => n.Failure is not null) ? 1 : 0;
}
catch (BenchmarkException problem)
{
    Console.Error.WriteLine(problem.Message);
    return 1;
}

static void Progress(NetworkResult result) =>
    Console.Error.WriteLine($"{result.Model.Name}: {result.Failure ?? string.Join(", ", result.Runs.Select(r => FormattableString.Invariant($"threads {r.Threads}: {r.Comparison?.Ratio:0.00}")))}");

static Table Peak()
{
    var table = new Table("Peak of one core", ("what", ""), ("GFLOP/s", "0.0"));
    table.Add("f32 multiply-adds", FmaPeak.Measure());
    return table;
}
