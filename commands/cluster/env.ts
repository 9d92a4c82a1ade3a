/** `rkv cluster env`: what a shell needs to reach a running local cluster. */
import { ClusterCommand } from '../../src/cli/cluster-command.js';

export default class ClusterEnv extends ClusterCommand<typeof ClusterEnv> {
  static override summary = 'print the environment of a running local cluster';
  static override examples = ['eval "$(<%= config.bin %> cluster env --name five)"'];

  async run(): Promise<void> {
    const { environmentOf, statusOf } = await import('../../src/launcher/local.js');
    const { noCluster } = await import('../../src/launcher/record.js');
    const view = await statusOf(this.cluster);
    if (view.supervisor === null) throw noCluster(view.name);
    const environment = environmentOf(view);
    await this.print(environment, {
      text: () =>
        Object.entries(environment)
          .map(([name, value]) => `export ${name}='${value}'\n`)
          .join(''),
    });
  }
}
