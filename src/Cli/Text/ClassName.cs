using System.Text;

namespace Lathe.Cli;

/// <summary>The class of a model by the model's name: <c>opt_mnist</c> is OptMnist.</summary>
internal static class ClassName
{
    public static string Of(string identifier)
    {
        var name = new StringBuilder();
        foreach (var word in identifier.Split('_', StringSplitOptions.RemoveEmptyEntries)) name.Append(char.ToUpperInvariant(word[0])).Append(word, 1, word.Length - 1);
        return name.Length == 0 || char.IsAsciiDigit(name[0]) ? "Model" + name : name.ToString();
    }
}
