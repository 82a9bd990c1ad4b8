using System.Text.Json;
using System.Text.Json.Nodes;
using Lathe.Benchmarks;

const string Usage = """
    dotnet run -c Release --project tests/Benchmarks -- VERB [names] [--seconds S] [--rounds N] [--threads N] [--json FILE] [--peer-only]

      peak       what one core multiplies and adds at most
      models     whole networks beside ONNX Runtime (resnet50, mobilenet_v2, squeezenet1_1 unless named)
      kernels    matrix products and convolutions as a share of the peak

    First: ./build.sh, and tests/Benchmarks/peer.sh for ONNX Runtime and the models.
    """;

try
{
    if (args.Length == 0) throw new BenchmarkException(Usage);
    var options = BenchOptions.Parse(args.Skip(1));
    Table[] tables = args[0] switch
    {
        "peak" => [Peak()],
        "models" => [Models.Run(options)],
        "kernels" => [.. Kernels.Run(options)],
        _ => throw new BenchmarkException(Usage),
    };
    foreach (var table in tables) Console.WriteLine(table.Markdown());
    if (options.Json is not null) File.WriteAllText(options.Json, new JsonArray([.. tables.Select(t => t.Json())]).ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
    return 0;
}
catch (BenchmarkException problem)
{
    Console.Error.WriteLine(problem.Message);
    return 1;
}

static Table Peak()
{
    var table = new Table("Peak of one core", ("what", ""), ("GFLOP/s", "0.0"));
    table.Add("f32 multiply-adds", FmaPeak.Measure());
    return table;
}
