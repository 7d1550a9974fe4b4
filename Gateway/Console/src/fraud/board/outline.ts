/** As much of TopoJSON as the outline of the land needs: quantized arcs, and polygons that name them. */
export interface Topology {
  arcs: number[][][]
  transform: { scale: number[]; translate: number[] }
  objects: { land: { geometries: { arcs: number[][][] }[] } }
}

/** The map is 360 wide and 150 high: a degree is a unit, from 84° north to 66° south, where nobody pays. */
export const map = { width: 360, height: 150, north: 84 }

export function project(longitude: number, latitude: number): [number, number] {
  return [longitude + 180, Math.min(map.height, Math.max(0, map.north - latitude))]
}

/** The land as one SVG path. An arc that is named by its complement is walked backwards. */
export function outline(topology: Topology): string {
  const { scale, translate } = topology.transform
  const arcs = topology.arcs.map((arc) => {
    let [x, y] = [0, 0]
    return arc.map(([dx, dy]) => {
      x += dx!
      y += dy!
      return project(x * scale[0]! + translate[0]!, y * scale[1]! + translate[1]!)
    })
  })
  const parts: string[] = []
  for (const geometry of topology.objects.land.geometries) {
    for (const polygon of geometry.arcs) {
      for (const ring of polygon as unknown as number[][]) {
        // Each arc begins where the one before ended.
        const points = ring.flatMap((index, at) => (index < 0 ? [...arcs[~index]!].reverse() : arcs[index]!).slice(at === 0 ? 0 : 1))
        parts.push('M' + points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join('L') + 'Z')
      }
    }
  }
  return parts.join('')
}
