#if !NET9_0_OR_GREATER
namespace Lathe.Runtime;

/// <summary>LINQ's Index, for .NET 8, which has none.</summary>
internal static class Indexed
{
    public static IEnumerable<(int Index, T Item)> Index<T>(this IEnumerable<T> source) => source.Select((item, index) => (index, item));
}
#endif
