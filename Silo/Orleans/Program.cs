return args is ["streams", .. var words] ? await Silo.Cluster.Streams.StreamsCommand.Run(words) : await Silo.Cluster.ClusterServer.Run(args);
