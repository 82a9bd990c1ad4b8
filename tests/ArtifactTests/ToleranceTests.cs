using System.Runtime.InteropServices;
using Lathe.Cli;
using Lathe.Ir;

namespace Lathe.ArtifactTests;

/// <summary>What counts as the same where nobody says how far results may be apart.</summary>
public sealed class ToleranceTests
{
    // Of 10 the usual share is a tenth of what neighbours of 1.5 are apart.
    private static readonly Half[] Expected = [(Half)1.5f, (Half)(-1.5f), (Half)10f];

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void A_half_may_be_its_neighbour_and_no_further(int steps, bool isMet)
    {
        foreach (var place in (int[])[0, 1])
        {
            var actual = (Half[])Expected.Clone();
            for (var i = 0; i < steps; i++) actual[place] = Half.BitIncrement(actual[place]);
            Assert.Equal(isMet, new Tolerance().Compare(Of(Expected), Of(actual)).Met);
            Assert.False(new Tolerance(AtolOfMax: 1e-6).Compare(Of(Expected), Of(actual)).Met);
        }
    }

    private static Tensor Of(Half[] numbers) => new(Scalar.F16, [numbers.Length], Bytes.Of(MemoryMarshal.AsBytes<Half>(numbers)));
}
