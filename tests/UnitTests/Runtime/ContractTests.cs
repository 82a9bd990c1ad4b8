using System.Text;
using Lathe.Runtime;

namespace Lathe.UnitTests.Runtime;

public sealed class ContractTests
{
    [Fact]
    public void A_run_finds_what_it_needs()
    {
        var contract = Contract.Parse(Encoding.UTF8.GetBytes("""
            { "name": "digits", "abi": 1, "tool": { "version": "0.1.0" },
              "dims": [{ "name": "batch", "min": 1, "max": 64 }],
              "inputs": [{ "name": "image", "type": "f32", "bits": 32, "shape": ["batch", 1, 28, 28] }],
              "outputs": [{ "name": "mask", "type": "u4", "bits": 4, "shape": [] }, { "name": "scores", "type": "f32", "bits": 32, "shape": ["2 * batch", 10] }],
              "kernels": [{ "name": "conv1", "nodes": ["/conv1/Conv", "/relu1/Relu"], "flops": 451584, "bytes": 35000 }],
              "arena_bytes": 25088, "weight_bytes": 48000 }
            """));
        Assert.Equal(("digits", 1u, 25088, 48000), (contract.Name, contract.Abi, contract.ArenaBytes, contract.WeightBytes));
        Assert.Equal(new ContractDimension("batch", 1, 64), Assert.Single(contract.Dimensions));
        Assert.Equal(["batch", "1", "28", "28"], Assert.Single(contract.Inputs).Shape.AsEnumerable());
        Assert.Equal(["mask", "scores"], contract.Outputs.Select(o => o.Name));
        Assert.Equal(["2 * batch", "10"], contract.Outputs[1].Shape.AsEnumerable());
        Assert.Equal(["/conv1/Conv", "/relu1/Relu"], Assert.Single(contract.Kernels).Nodes.AsEnumerable());
        Assert.Equal(451584, contract.Kernels[0].Flops);
    }

    [Theory]
    [InlineData(32, 3, 12)]
    [InlineData(4, 3, 2)]
    [InlineData(2, 4, 1)]
    [InlineData(8, 0, 0)]
    public void Bytes_of_packed_elements(int bits, long elements, long bytes) =>
        Assert.Equal(bytes, new ContractTensor("x", "t", bits, []).Bytes(elements));
}
