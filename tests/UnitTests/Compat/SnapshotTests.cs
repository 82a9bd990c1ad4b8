using VerifyTests;
using VerifyXunit;

namespace Lathe.UnitTests.Compat;

/// <summary>The snapshot API, on the in-repo subset or on the package, whichever this build uses.</summary>
public sealed class SnapshotTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("lathe-snapshots-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_text_equal_to_its_snapshot_passes_and_leaves_nothing_behind()
    {
        await File.WriteAllTextAsync(Named("poem.verified.txt"), "one\ntwo\n");

        await Verifier.Verify("one\r\ntwo", Settings("poem"));

        Assert.Equal(["poem.verified.txt"], Names());
    }

    [Fact]
    public async Task A_text_that_differs_fails_and_is_written_beside_the_snapshot()
    {
        await File.WriteAllTextAsync(Named("poem.verified.txt"), "one\ntwo");

        await Assert.ThrowsAnyAsync<Exception>(() => Verifier.Verify("one\nthree", Settings("poem")).ToTask());

        Assert.Equal(["poem.received.txt", "poem.verified.txt"], Names());
        Assert.Equal("one\nthree", await File.ReadAllTextAsync(Named("poem.received.txt")));
    }

    [Fact]
    public async Task A_text_without_a_snapshot_fails()
    {
        await Assert.ThrowsAnyAsync<Exception>(() => Verifier.Verify("one", Settings("poem")).ToTask());

        Assert.Contains("poem.received.txt", Names());
    }

    [Fact]
    public async Task A_scrubber_changes_the_text_before_it_is_compared()
    {
        await File.WriteAllTextAsync(Named("poem.verified.txt"), "took N ms");

        await Verifier.Verify("took 12 ms", Settings("poem")).AddScrubber(text => text.Replace("12", "N"));
    }

    [Theory]
    [InlineData(3)]
    public Task A_snapshot_is_named_after_its_test_and_parameters(int layers) =>
        Verifier.Verify($"{layers} layers").UseParameters(layers).UseDirectory("snapshots");

    private VerifySettings Settings(string name)
    {
        var settings = new VerifySettings();
        settings.UseDirectory(folder.FullName);
        settings.UseFileName(name);
        settings.DisableDiff();
        return settings;
    }

    private string Named(string file) => Path.Combine(folder.FullName, file);

    private string[] Names() => [.. folder.GetFiles().Select(file => file.Name).Order(StringComparer.Ordinal)];
}
