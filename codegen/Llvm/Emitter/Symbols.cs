using System.Globalization;
using System.Text;

namespace Lathe.Codegen.Llvm;

/// <summary>Names of kernels as names in an object file.</summary>
public static class Symbols
{
    /// <summary>Stands before every kernel's name, so that no node named <c>exp</c> or <c>main</c> meets libc's.</summary>
    public const string KernelPrefix = "kernel.";

    /// <summary>The symbol of a kernel: letters, digits, <c>_</c> and <c>.</c> as they are, any other byte as <c>$</c> and two hexadecimal digits; never the same for two names.</summary>
    public static string Of(string kernel, string prefix = KernelPrefix)
    {
        var text = new StringBuilder(prefix);
        foreach (var unit in Encoding.UTF8.GetBytes(kernel))
        {
            var c = (char)unit;
            if (char.IsAsciiLetterOrDigit(c) || c is '_' or '.') text.Append(c);
            else text.Append('$').Append(unit.ToString("X2", CultureInfo.InvariantCulture));
        }
        return text.ToString();
    }
}
