using System.Security.Cryptography;
using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>
/// What was measured of kernels: an input of a compile, which follows it in place of the cost model. What it does not know is measured first, where
/// somebody can, else the cost model's choice stands.
/// </summary>
/// <param name="known">The lines of a file.</param>
/// <param name="compiler">What code is made with and for, beside the machine: versions, triple, features.</param>
/// <param name="measure">Finds the fastest schedule of a kernel that is not known; null: nothing is measured.</param>
public sealed class Tuning(IEnumerable<TunedKernel> known, string compiler, Func<Tuning.Question, TunedKernel>? measure = null)
{
    private readonly Dictionary<string, TunedKernel> all = known.ToDictionary(k => k.Key, StringComparer.Ordinal);
    private readonly SortedDictionary<string, TunedKernel> used = new(StringComparer.Ordinal);

    /// <summary>A kernel whose fastest schedule is asked for.</summary>
    /// <param name="Kernel">As lowered.</param>
    /// <param name="Constants">Names of its inputs that are weights.</param>
    /// <param name="Weights">What is in them, as far as that is known.</param>
    /// <param name="AllWeights">Bytes of weights that a whole run reads: what they do not fit in, they come from beyond.</param>
    public sealed record Question(string Key, Kernel Kernel, IReadOnlySet<string> Constants, Machine Machine, double MostError, IReadOnlyDictionary<string, Bytes> Weights, long AllWeights);

    /// <summary>Those that a compile asked for, by key.</summary>
    public IEnumerable<TunedKernel> Used => used.Values;

    /// <summary>SHA-256 over the lines that were used.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(string.Concat(Used.Select(k => $"{k}\n")))));

    /// <summary>The fastest known schedule of a kernel, which is measured where it is not known and somebody can.</summary>
    public TunedKernel? Find(Kernel kernel, IReadOnlySet<string> constants, Machine machine, double mostError, Func<IReadOnlyDictionary<string, Bytes>> weights, long allWeights)
    {
        var key = Key(kernel, constants, machine, mostError);
        if (!all.TryGetValue(key, out var found))
        {
            if (measure is null) return null;
            all[key] = found = measure(new(key, kernel, constants, machine, mostError, weights(), allWeights));
        }
        return used[key] = found;
    }

    /// <summary>Of what a kernel computes and all that its code follows from; no name of a model is in it.</summary>
    private string Key(Kernel kernel, IReadOnlySet<string> constants, Machine machine, double mostError)
    {
        var weights = string.Concat(kernel.Inputs.Select(b => constants.Contains(b.Name) ? 'w' : 'x'));
        return Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{compiler}\n{string.Join(' ', RecordLine.Words(machine))}\n{RecordText.Show(mostError)}\n{weights}\n{KernelShape.Of(kernel)}")));
    }
}
