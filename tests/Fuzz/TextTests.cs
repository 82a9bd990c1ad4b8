using System.Diagnostics;
using Lathe.Ir;
using Lathe.Passes;
using Lathe.Testing;

namespace Lathe.Fuzz;

/// <summary>Texts of both grammars with parts exchanged, dropped, doubled and nested: read, or refused with diagnostics; no crash, and none takes a second.</summary>
public sealed class TextTests
{
    private static readonly string[] Pieces =
    [
        "{", "}", "(", ")", "[", "]", "<", ">", ",", ";", "=", "==", ":", "...", "|", "$f", "$f:relu", "%x", "@w", "_", "0", "-1", "1e999", "99999999999999999999", "0.5", "\"a\"", "\"", "\\", "//", "\n", "tensor<", "tensor<[n, ...], f32>", "tensor<2x3, f32>",
        "rewrite", "match", "where", "replace", "inexact", "pipeline", "include", "keep", "on", "if", "else", "not", "and", "or", "graph", "kernel", "program", "weights", "return", "yield", "let", "for i in 2", "sum k in 8 {", "sha:00", "%", "*", "/", "+", "relu", "conv", "é", "\u0000", "😀",
    ];

    [Fact]
    public void Spoiled_texts_are_read_or_refused() => Spoil(TimeSpan.FromSeconds(8), 1);

    [LongFact]
    public void Ten_minutes_of_spoiled_texts() => Spoil(TimeSpan.FromMinutes(10), Environment.TickCount);

    private static void Spoil(TimeSpan time, int seed)
    {
        var (random, whole, read) = (new Random(seed), Stopwatch.StartNew(), 0);
        var texts = Texts();
        while (whole.Elapsed < time)
        {
            var (text, isIr) = texts[random.Next(texts.Count)];
            for (var i = random.Next(1, 6); i > 0; i--) text = Spoiled(text, random, texts[random.Next(texts.Count)].Text);
            var watch = Stopwatch.StartNew();
            try
            {
                if (isIr) IrText.Read(text);
                else PipelineReader.Read(text);
                read++;
            }
            catch (DiagnosticException) { }
            catch (Exception e) { Assert.Fail($"seed {seed}: {e.GetType().Name}: {e.Message}\n{e.StackTrace}\n{text}"); }
            // The processor is shared: what is slow once must be slow again, in time that this process had.
            if (watch.ElapsedMilliseconds > 1000) Assert.True(Again(text, isIr) < 1000, $"seed {seed}: {watch.ElapsedMilliseconds} ms for\n{text}");
        }
        Assert.True(read > 0);
    }

    /// <returns>Milliseconds by the clock or of the processor, whichever are fewer: a reader has one thread, and waits for nothing but its turn.</returns>
    private static double Again(string text, bool isIr)
    {
        var (watch, had) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        try
        {
            if (isIr) IrText.Read(text);
            else PipelineReader.Read(text);
        }
        catch (DiagnosticException) { }
        return Math.Min(watch.ElapsedMilliseconds, (Environment.CpuUsage.TotalTime - had).TotalMilliseconds);
    }

    private static string Spoiled(string text, Random random, string other)
    {
        var (from, to) = (random.Next(text.Length + 1), random.Next(text.Length + 1));
        if (from > to) (from, to) = (to, from);
        if (to - from > 40 && random.Next(4) > 0) to = from + random.Next(40);
        return random.Next(7) switch
        {
            0 => text[..from] + text[to..],
            1 => text[..to] + text[from..],
            2 => text[..from] + Pieces[random.Next(Pieces.Length)] + text[from..],
            3 => text[..from] + Pieces[random.Next(Pieces.Length)] + text[to..],
            4 => text[..from] + string.Concat(Enumerable.Repeat(Pieces[random.Next(Pieces.Length)], random.Next(1, 300))) + text[from..],
            5 => text[..from] + other[(random.Next(other.Length + 1))..] + text[to..],
            _ => text[..from],
        };
    }

    /// <summary>What file tests hold of both languages.</summary>
    private static List<(string Text, bool IsIr)> Texts()
    {
        var folder = Path.Combine(Folder(), "..", "filetests");
        var all = new List<(string, bool)>();
        foreach (var file in Directory.EnumerateFiles(folder, "*.test", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var lines = File.ReadAllLines(file);
            for (var i = 0; i < lines.Length; i++)
                if (lines[i].StartsWith("file ", StringComparison.Ordinal) && Path.GetExtension(lines[i]) is ".lir" or ".recipe" or ".rewrite")
                    all.Add((string.Join('\n', lines.Skip(i + 1).TakeWhile(l => l == "" || l.StartsWith("  ", StringComparison.Ordinal)).Select(l => l.Length > 1 ? l[2..] : l)), lines[i].EndsWith(".lir", StringComparison.Ordinal)));
        }
        // As many of the smaller language as of the larger.
        var (ir, pipelines) = (all.Where(t => t.Item2).ToList(), all.Where(t => !t.Item2).ToList());
        return [.. ir, .. Enumerable.Range(0, ir.Count).Select(i => pipelines[i % pipelines.Count])];
    }

    private static string Folder([System.Runtime.CompilerServices.CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
