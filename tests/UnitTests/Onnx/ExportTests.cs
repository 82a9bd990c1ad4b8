using Lathe.Ir;
using Lathe.Onnx;
using Lathe.UnitTests.Passes.Checking;

namespace Lathe.UnitTests.Onnx;

/// <summary>What is exported reads back as the same graph.</summary>
public sealed class ExportTests
{
    public static TheoryData<string> Networks => [.. FaultNets.All.Select(n => n.Name)];

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_network_reads_back_equal(string name)
    {
        var graph = FaultNets.All.First(n => n.Name == name).Make();
        var folder = Directory.CreateTempSubdirectory("lathe-export-").FullName;
        try
        {
            var path = Path.Combine(folder, "net.onnx");
            File.WriteAllBytes(path, OnnxExport.Write(graph)!);
            var again = OnnxModel.Load(path, new([.. graph.Symbols.Select(s => new DimBinding(s.Name, s.Low, s.High))])).Graph;
            Assert.Equal(IrText.Print(graph), IrText.Print(again));
        }
        finally { Directory.Delete(folder, recursive: true); }
    }
}
