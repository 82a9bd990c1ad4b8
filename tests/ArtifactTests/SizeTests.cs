namespace Lathe.ArtifactTests;

/// <summary>An artifact is small and needs nothing but libc and libm.</summary>
[Collection(nameof(Models))]
public sealed class SizeTests(Models models)
{
    private const int MostCode = 100_000, MostOverhead = 16 << 10;

    [Fact]
    public void The_code_of_a_digit_classifier_is_under_100_kB()
    {
        Assert.InRange(models.Digits.CodeBytes, 1, MostCode);
        Assert.InRange(new FileInfo(Models.FileOf(models.Digits, ".so")).Length - models.Digits.WeightBytes, 1, MostCode + MostOverhead);
    }

    [ToolFact("readelf")]
    public void A_library_needs_libc_and_libm_only()
    {
        foreach (var artifact in new[] { models.Digits, models.Pooled, models.RowsArtifact, models.RowsInFile })
        {
            var needed = Tool.Run("readelf", "-d", Models.FileOf(artifact, ".so")).Split('\n').Where(line => line.Contains("(NEEDED)", StringComparison.Ordinal));
            Assert.All(needed, line => Assert.Matches(@"\[lib[cm]\.so\.6\]$", line));
        }
    }

    [ToolFact("readelf")]
    public void A_library_shows_its_functions_only()
    {
        var symbols = Tool.Run("readelf", "-W", "--dyn-syms", Models.FileOf(models.Digits, ".so")).Split('\n')
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(fields => fields is [_, _, _, not "NOTYPE", "GLOBAL" or "WEAK", _, not "UND", _]).Select(fields => fields[^1]).Order(StringComparer.Ordinal);
        Assert.Equal(["digits_close", "digits_contract", "digits_error", "digits_invoke", "digits_open", "digits_run", "digits_shapes", "digits_workspace_bytes"], symbols);
    }
}
