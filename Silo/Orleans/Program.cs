return await Silo.Cluster.ClusterServer.Run(args);
