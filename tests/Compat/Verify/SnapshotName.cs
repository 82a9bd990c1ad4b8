using System.Globalization;
using System.Reflection;
using VerifyTests;

namespace VerifyXunit;

/// <summary><c>Type.Method_parameter=value</c>, as the package names its files.</summary>
internal static class SnapshotName
{
    public static string Of(MethodInfo test, VerifySettings settings)
    {
        if (settings.FileName is { } name)
            return name;
        var type = test.ReflectedType!;
        var typeName = type.IsNested ? $"{type.ReflectedType!.Name}.{type.Name}" : type.Name;
        return $"{settings.TypeName ?? typeName}.{settings.MethodName ?? test.Name}{Parameters(test, settings)}";
    }

    private static string Parameters(MethodInfo test, VerifySettings settings) => settings switch
    {
        { ParametersText: { } text } => "_" + text,
        { Parameters: { } values } => string.Concat(test.GetParameters().Zip(values, (parameter, value) => $"_{parameter.Name}={Text(value)}")),
        _ => "",
    };

    /// <summary>What no file system minds: the characters that one of them forbids become dashes.</summary>
    private static string Text(object? value)
    {
        var text = Convert.ToString(value ?? "null", CultureInfo.InvariantCulture)!;
        return string.Concat(text.Select(letter => "<>:\"/\\|?*\n\r\t".Contains(letter) ? '-' : letter));
    }
}
