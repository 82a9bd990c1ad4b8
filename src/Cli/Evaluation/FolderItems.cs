namespace Lathe.Cli;

/// <summary>The files of a folder in the order of their names, an item each: images, arrays.</summary>
internal sealed class FolderItems : ItemFormat
{
    public override string Name => "a folder of images or arrays";
    public override bool Opens(string path) => Directory.Exists(path);

    public override Items Open(string path, Value wanted, ItemOptions options)
    {
        List<string> files = [.. Directory.GetFiles(path).Where(f => TensorFormat.KnownExtensions.Contains(Path.GetExtension(f), StringComparer.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)];
        if (files.Count == 0) throw new DiagnosticException(new Diagnostic("LT5305", $"{path} holds no items", "", $"an item is a file that ends with {string.Join(", ", TensorFormat.KnownExtensions)}"));
        return new(files.Count, i => ItemTensor.Fit(WithoutBatch(TensorFormat.Of(files[i]).ReadOne(files[i], One(wanted), options.Image ?? ImageOptions.Default), wanted), wanted, null));
    }

    /// <summary>The input with a batch of one, which is what a file holds.</summary>
    private static Value One(Value wanted) => wanted.Type.Rank == 0 ? wanted : new(wanted.Name, wanted.Type.With([1, .. wanted.Type.Shape.Skip(1)]));

    private static Tensor WithoutBatch(Tensor item, Value wanted) => item.Shape.Count == wanted.Type.Rank && item.Shape is [1, ..] ? FrameStream.Entry(item, 0) : item;
}
