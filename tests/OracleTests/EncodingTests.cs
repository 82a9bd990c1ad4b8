using Lathe.Ir;

namespace Lathe.OracleTests;

/// <summary>Operators see numbers: a weight of a contraction may lie in memory in any format, ones that only this project has included.</summary>
public sealed class EncodingTests
{
    private static readonly IEnumerable<Encoding> Formats = typeof(Encoding).Assembly.GetTypes().Concat(typeof(EncodingTests).Assembly.GetTypes())
        .Where(t => t.IsSubclassOf(typeof(Encoding)) && !t.IsAbstract && t != typeof(Dense)).OrderBy(t => t.Name, StringComparer.Ordinal).SelectMany(Uses);

    /// <summary>Operators that each format is run with, others for other formats; with all of them where LATHE_TEST_ALL asks for it.</summary>
    private const int Sampled = 3;

    private static bool Whole(Encoding format) => format is RowScaled or GroupScaled || Environment.GetEnvironmentVariable("LATHE_TEST_ALL") is not null;

    public static TheoryData<string, string> All
    {
        get
        {
            var all = new TheoryData<string, string>();
            var ops = Operators.All.Where(op => Contractions(op).Any()).ToList();
            foreach (var (o, op) in ops.Index())
                foreach (var format in Formats.Where(format => Whole(format) || (o + format.ToString()!.Sum(c => c)) % ops.Count < Sampled)) all.Add(RecordText.Snake(op.Name), format.ToString());
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_weight_reads_as_its_numbers(string verb, string format)
    {
        var encoding = Formats.Single(f => f.ToString() == format);
        var (faults, held) = (new List<string>(), 0);
        var whole = Whole(encoding);
        foreach (var (example, operand) in Rotated(Contractions(Operators.Find(verb)!).ToList(), format))
        {
            OracleCase run;
            try { run = new(example, i => i == operand ? encoding : null); }
            catch (TypeException) { continue; } // the format cannot hold a tensor of this shape
            if (held > 0 && !whole) break;
            held++;
            foreach (var (way, outputs) in run.Ways())
                if (run.Fault(outputs()) is { } fault) faults.Add($"{example.Op}, x{operand} as {encoding}, {way}: {fault}");
        }
        Assert.True(faults.Count == 0, string.Join("\n", faults));
        Assert.True(held > 0, $"{encoding} holds no weight of {verb}: give an example whose shape fits");
    }

    /// <summary>The examples from a place of the format's own on. The first that it can hold is run, so that formats together run them all; two formats run each, as all do where LATHE_TEST_ALL asks for it.</summary>
    private static IEnumerable<T> Rotated<T>(List<T> all, string format) => Enumerable.Range(format.Sum(c => c), all.Count).Select(i => all[i % all.Count]);

    private static IEnumerable<Encoding> Uses(Type format) => format.GetCustomAttributes(typeof(EncodingExampleAttribute), false) is [EncodingExampleAttribute examples] ? examples.Texts.Select(IrText.ReadEncoding)
        : [(Encoding)RecordText.Make(format, _ => null)];

    /// <summary>Examples of f32 and the operands in them that are summed products of: such an operand can be a compressed weight.</summary>
    private static IEnumerable<(Example Example, int Operand)> Contractions(Type op) =>
        from example in Operators.Examples(op)
        from i in Enumerable.Range(1, Math.Max(0, example.Operands.Count - 1))
        where example.Operands[i] is { Type.Rank: > 1, Type.Encoding: Dense { Kind: Scalar.F32 }, IsConstant: false }
        where new OracleCase(example).IsSummed(i)
        select (example, i);
}
