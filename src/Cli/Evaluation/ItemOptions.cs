namespace Lathe.Cli;

/// <summary>How the items of a data set become a model's inputs: of data that a model is judged by, and of data that it is calibrated on.</summary>
public sealed record ItemOptions(
    [Option("how pixels become numbers: layout=nchw|nhwc, mean=A[:B:C], std=A[:B:C], scale=1/255, resize=WxH, channels=gray|rgb|bgr, split by commas", Value = "OPTIONS")] ImageOptions? Image = null,
    [Option("of text: a JSON list or object of characters, or one a line, numbered from 0", Value = "FILE")] string? Vocab = null,
    [Option("of text: characters of an item; of sound: new samples of an item", Value = "N")] int Window = 0,
    [Option("of sound: samples of the item before that stand in front of the new ones", Value = "N")] int Context = 0,
    [Option("the input that takes the items; by default the first", Value = "NAME")] string? To = null,
    [Option("another input, the same for all items", "-i", Value = "NAME=FILE")] Seq<NamedFile> Input = default,
    [Option("an input that is fed from an output of the item before, zeros at first, or empty where runs add to it: items are the frames of a stream. past_*=present_* is all that are called so", Value = "INPUT=OUTPUT")] Seq<StateFeed> State = default,
    [Option("items of one run; by default what the model's first dimension says, else 16", Value = "N")] int Batch = 0);
